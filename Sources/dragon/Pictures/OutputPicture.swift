import DragonModel

/// A picture file to be written: its name says the format.
struct OutputPicture {
    private let file: OutputFile
    private let format: PictureFormat

    /// - Throws: ``PictureError``, ``ModelError`` for what would keep the result from being written.
    init(_ path: String) throws {
        if path.isEmpty { throw PictureError.noName(option: "-o") }
        format = try PictureFormat(path: path)
        file = try OutputFile(path)
    }

    /// Throws where a picture of that size cannot be written so.
    func checkHolds(width: Int, height: Int) throws(PictureError) {
        try format.checkHolds(width: width, height: height, file: file.path)
    }

    func write(_ picture: Picture) throws { try file.write(try picture.encoded(as: format, file: file.path)) }
}
