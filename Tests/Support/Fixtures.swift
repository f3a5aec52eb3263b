/// The folder of the whole repository.
private let repository = String(#filePath.dropLast("/Tests/Support/Fixtures.swift".count))

/// A file or folder below Tests/Fixtures.
public func fixture(_ name: String) -> String { "\(repository)/Tests/Fixtures/\(name)" }
