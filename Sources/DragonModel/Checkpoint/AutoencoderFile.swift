import DragonTensor

/// An autoencoder that stands for itself, outside of a model: a folder of diffusers, one file in diffusers' or the original layout, or
/// the two files of a tiny one.
struct AutoencoderFile: Sendable {
    let configuration: AutoencoderConfiguration
    private let files: [SafetensorsFile]
    private let path: String
    /// Of the original layout; keys of other networks in the same file stand behind other prefixes.
    private let table: KeyTable?
    private let prefix: String

    /// - Throws: ``ModelError`` where there is no autoencoder.
    init(_ given: String) throws(ModelError) {
        if ModelFiles.isPickleName(given), !isFolder(given) { throw .pickle(file: given) }
        if let pair = TinyHalves(given) {
            try self.init(pair)
        } else if isFolder(given) {
            try self.init(folder: exists(joined(given, "vae/config.json")) ? joined(given, "vae") : given)
        } else {
            try self.init(file: try SafetensorsFile(given).unwrapped)
        }
    }

    private init(folder: String) throws(ModelError) {
        path = try Self.weights(in: folder)
        files = [try SafetensorsFile(path)]
        configuration = try AutoencoderConfiguration(file: joined(folder, "config.json"))
        (table, prefix) = (nil, "")
    }

    private init(_ pair: TinyHalves) throws(ModelError) {
        let (encoder, decoder) = (try pair.encoder(), try pair.decoder())
        configuration = try CheckpointShapes(file: encoder).tinyAutoencoder(decoder: CheckpointShapes(file: decoder))
        (files, path, table, prefix) = ([encoder, decoder], encoder.path, nil, "")
    }

    private init(file: SafetensorsFile) throws(ModelError) {
        (path, files) = (file.path, [file])
        let beside = joined(folder(of: path), "config.json")
        if file.entry("encoder.layers.0.weight") != nil {
            configuration = try exists(beside) ? AutoencoderConfiguration(file: beside) : CheckpointShapes(file: file).tinyAutoencoder()
            (table, prefix) = (nil, "")
        } else if file.entry("encoder.down_blocks.0.resnets.0.conv1.weight") != nil {
            guard exists(beside) else {
                throw .incompleteModel(path: path, reason: "its config.json is missing beside it: give the autoencoder's folder")
            }
            (configuration, table, prefix) = (try AutoencoderConfiguration(file: beside), nil, "")
        } else if let prefix = ["", CheckpointShapes.autoencoderPrefix].first(where: { file.entry("\($0)encoder.conv_in.weight") != nil }) {
            configuration = try CheckpointShapes(file: file, autoencoderPrefix: prefix).autoencoder()
            guard case .convolutional(let network) = configuration.architecture else { throw .incompleteModel(path: path, reason: "") }
            (table, self.prefix) = (.originalAutoencoder(network), prefix)
        } else {
            let isHalf = file.entry("1.weight") != nil || file.entry("0.weight") != nil
            throw .notThatFile(
                file: path,
                what: isHalf
                    ? "is one half of a tiny autoencoder: put the other one beside it, the same name with encoder and decoder in it"
                    : "is no autoencoder: give a folder with vae/config.json, or a .safetensors file of one")
        }
    }

    private static func weights(in folder: String) throws(ModelError) -> String {
        let names = ["diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors"].map { joined(folder, $0) }
        if let found = names.first(where: { exists($0) }) { return found }
        throw .unreadable(file: names[0], reason: "there is no such file, nor an fp16 variant")
    }

    /// What training leaves in an autoencoder's own file.
    private static let baggage = ["loss.", "model_ema."]

    /// Its weights under diffusers' keys of today.
    func weights() throws(ModelError) -> WeightScope {
        WeightScope(
            try WeightStore(files, source: path) { key in
                if let table {
                    guard key.hasPrefix(prefix), !Self.baggage.contains(where: { key.hasPrefix(prefix + $0) }) else { return .unused }
                    return table.target(key.without(start: prefix) ?? key)
                }
                if case .weights(let renamed) = KeyTable.oldAutoencoderAttention.target(key) { return .weights(renamed) }
                return .weights([KeyBinding(key: key)])
            })
    }
}

/// A tiny autoencoder as its author keeps it: `taesd_encoder` and `taesd_decoder`, layers by number, the decoder's behind a clamp
/// without weights.
private struct TinyHalves {
    private let encoderPath: String
    private let decoderPath: String

    /// - Parameter given: either half, or a folder that holds `taesd`'s.
    /// - Returns: nil where there are no two halves.
    init?(_ given: String) {
        let path = isFolder(given) && !exists(joined(given, "config.json")) ? joined(given, "taesd_encoder.safetensors") : given
        guard !isFolder(path) else { return nil }
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let (place, name) = (String(path[..<start]), String(path[start...]))
        let names = ["encoder", "decoder"].map { half in
            name.replacing("encoder", with: half).replacing("decoder", with: half)
        }
        guard names[0] != names[1], names.allSatisfy({ exists(place + $0) }) else { return nil }
        (encoderPath, decoderPath) = (place + names[0], place + names[1])
    }

    func encoder() throws(ModelError) -> SafetensorsFile {
        try SafetensorsFile(encoderPath).renamed { "encoder.layers.\($0)" }
    }

    func decoder() throws(ModelError) -> SafetensorsFile {
        try SafetensorsFile(decoderPath).renamed { key in
            let number = key.prefix { $0 != "." }
            return Int(number).map { "decoder.layers.\($0 - 1)\(key.dropFirst(number.count))" } ?? "decoder.\(key)"
        }
    }
}
