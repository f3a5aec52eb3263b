/// The folder of the whole repository.
private let repository = String(#filePath.dropLast("/Tests/Support/Fixtures.swift".count))

/// A file or folder below Tests/Fixtures.
public func fixture(_ name: String) -> String { inRepository("Tests/Fixtures/\(name)") }

/// A file or folder of the repository.
public func inRepository(_ path: String) -> String { "\(repository)/\(path)" }
