import Glibc

/// A folder of the small model with another UNet, made of links; removed when the last reference goes.
public final class VariantModel {
    /// The model's folder.
    public let path: String

    /// - Parameter unet: a folder of Tests/Fixtures/variants.
    public init(unet: String) throws {
        var template = Array("/tmp/dragon-variant.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for part in Self.parts { symlink(fixture("model/\(part)"), "\(path)/\(part)") }
        symlink(fixture("variants/\(unet)"), "\(path)/unet")
    }

    private static let parts = ["model_index.json", "scheduler", "text_encoder", "tokenizer", "vae"]

    deinit {
        for part in Self.parts + ["unet"] { unlink("\(path)/\(part)") }
        rmdir(path)
    }

    private struct Failure: Error {}
}
