import DragonTensor

/// An adapter for image prompts that is to be added to a model, and the encoder of pictures that goes with it.
public struct ImageAdapterSource: Sendable, Equatable {
    /// A `.safetensors` file with `image_proj.…` and `ip_adapter.…`.
    public var path: String
    /// The encoder: a folder with `config.json` and `model.safetensors`, or such a file alone; nil looks beside the adapter.
    public var encoder: String?

    /// An adapter, and its encoder where that is not beside it.
    public init(path: String, encoder: String? = nil) { (self.path, self.encoder) = (path, encoder) }
}

/// The files of an adapter for image prompts, opened and compared.
struct ImageAdapterFiles: Sendable {
    let path: String
    let projection: ImageProjectionShapes
    let encoderConfiguration: ImageEncoderConfiguration
    let encoderPath: String
    private let file: SafetensorsFile
    private let encoder: SafetensorsFile

    /// - Parameter channels: of the tokens that the UNet attends to.
    /// - Throws: ``ModelError``: files of something else, an encoder that is not there or not the one that the adapter means.
    init(_ source: ImageAdapterSource, channels: Int) throws(ModelError) {
        path = source.path
        if ModelFiles.isPickleName(path) { throw .pickle(file: path) }
        file = try SafetensorsFile(path)
        guard file.entries.contains(where: { $0.name.hasPrefix("ip_adapter.") }) else {
            throw .notThatFile(file: path, what: "is no IP-Adapter: give one with image_proj. and ip_adapter. in its keys")
        }
        projection = try ImageProjectionShapes(file, channels: channels)
        let found = try Self.encoder(of: source, for: projection)
        (encoder, encoderConfiguration) = (found.file, found.configuration)
        encoderPath = found.file.path
    }

    private typealias Encoder = (file: SafetensorsFile, configuration: ImageEncoderConfiguration)

    /// The encoder that is named, or the first beside the adapter that has the width it takes.
    private static func encoder(of source: ImageAdapterSource, for projection: ImageProjectionShapes) throws(ModelError) -> Encoder {
        if let named = source.encoder {
            let found = try open(named)
            let (width, name) = projection.width(of: found.configuration)
            guard width == projection.input else {
                throw .notThatFile(
                    file: named,
                    what: "makes \(name) of \(width) numbers, the adapter takes \(projection.input): give the one it was trained with")
            }
            return found
        }
        for candidate in candidates(besides: source.path) {
            if let found = try? open(candidate), projection.width(of: found.configuration).width == projection.input { return found }
        }
        throw .incompleteModel(
            path: source.path,
            reason: "its encoder of pictures is not there; put the folder image_encoder, of the same place as the adapter, beside it, "
                + "or name it by --image-encoder")
    }

    /// Where the encoder lies in the adapters' own folders, in ComfyUI's and in Krita's.
    private static func candidates(besides path: String) -> [String] {
        let place = folder(of: path)
        let folders = ["image_encoder", "../image_encoder", "../models/image_encoder"].map { joined(place, $0) }
        let shelf = joined(place, "../clip_vision")
        return folders.filter(isFolder)
            + DragonModel.entries(of: shelf).filter { $0.hasSuffix(".safetensors") }.sorted().map { joined(shelf, $0) }
    }

    private static func open(_ given: String) throws(ModelError) -> Encoder {
        if ModelFiles.isPickleName(given) { throw .pickle(file: given) }
        guard isFolder(given) else {
            let file = try SafetensorsFile(given)
            return (file, try ImageEncoderConfiguration(shapesOf: file))
        }
        let names = ["model.safetensors", "model.fp16.safetensors"].map { joined(given, $0) }
        let file = try SafetensorsFile(names.first { exists($0) } ?? names[0])
        return (file, try ImageEncoderConfiguration(file: joined(given, "config.json")))
    }

    /// The adapter's weights, under its own keys.
    func weights() throws(ModelError) -> WeightScope {
        WeightScope(try WeightStore([file], source: path) { .weights([KeyBinding(key: $0)]) })
    }

    /// The encoder's weights, under transformers' keys; the text half of a whole CLIP is left.
    func encoderWeights() throws(ModelError) -> WeightScope {
        WeightScope(
            try WeightStore([encoder], source: encoderPath) { key in
                let isOfText = key.hasPrefix("text_model.") || key == "text_projection.weight" || key == "logit_scale"
                return isOfText ? .unused : .weights([KeyBinding(key: key)])
            })
    }
}

extension ImageProjectionShapes {
    /// How wide what it takes is in an encoder, and what that is called.
    fileprivate func width(of encoder: ImageEncoderConfiguration) -> (width: Int, name: String) {
        kind == .embedding ? (encoder.projectionDim, "an embedding") : (encoder.hiddenSize, "tokens")
    }
}
