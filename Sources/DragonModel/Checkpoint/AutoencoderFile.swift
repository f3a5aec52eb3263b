import DragonTensor

/// An autoencoder that stands for itself, outside of a model: a folder of diffusers, or one file in diffusers' or the original layout.
struct AutoencoderFile: Sendable {
    let configuration: AutoencoderConfiguration
    private let path: String
    /// Of the original layout; keys of other networks in the same file stand behind other prefixes.
    private let table: KeyTable?
    private let prefix: String

    /// - Throws: ``ModelError`` where there is no autoencoder.
    init(_ given: String) throws(ModelError) {
        if isFolder(given) {
            let inner = joined(given, "vae/config.json")
            let folder = exists(inner) ? joined(given, "vae") : given
            path = try Self.weights(in: folder)
            configuration = try AutoencoderConfiguration(file: joined(folder, "config.json"))
            (table, prefix) = (nil, "")
            return
        }
        if ModelFiles.isPickleName(given) { throw .pickle(file: given) }
        path = given
        let file = try SafetensorsFile(given)
        let beside = joined(folder(of: given), "config.json")
        if file.entry("encoder.layers.0.weight") != nil {
            configuration = try exists(beside) ? AutoencoderConfiguration(file: beside) : CheckpointShapes(file: file).tinyAutoencoder()
            (table, prefix) = (nil, "")
        } else if file.entry("encoder.down_blocks.0.resnets.0.conv1.weight") != nil {
            guard exists(beside) else {
                throw .incompleteModel(path: given, reason: "its config.json is missing beside it: give the autoencoder's folder")
            }
            (configuration, table, prefix) = (try AutoencoderConfiguration(file: beside), nil, "")
        } else if let prefix = ["", CheckpointShapes.autoencoderPrefix].first(where: { file.entry("\($0)encoder.conv_in.weight") != nil }) {
            configuration = try CheckpointShapes(file: file, autoencoderPrefix: prefix).autoencoder()
            guard case .convolutional(let network) = configuration.architecture else { throw .incompleteModel(path: given, reason: "") }
            (table, self.prefix) = (.originalAutoencoder(network), prefix)
        } else {
            let isHalf = file.entry("1.weight") != nil || file.entry("0.weight") != nil
            throw .notThatFile(
                file: given,
                what: isHalf
                    ? "is one half of a tiny autoencoder: give the folder that holds taesd_encoder and taesd_decoder as diffusers has them in one file"
                    : "is no autoencoder: give a folder with vae/config.json, or a .safetensors file of one")
        }
    }

    private static func weights(in folder: String) throws(ModelError) -> String {
        let names = ["diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors"].map { joined(folder, $0) }
        if let found = names.first(where: { exists($0) }) { return found }
        throw .unreadable(file: names[0], reason: "there is no such file, nor an fp16 variant")
    }

    /// Its weights under diffusers' keys of today.
    func weights() throws(ModelError) -> WeightScope {
        WeightScope(
            try WeightStore([try SafetensorsFile(path)], source: path) { key in
                if let table {
                    return key.hasPrefix(prefix) ? table.target(String(key.dropFirst(prefix.count))) : .unused
                }
                if case .weights(let renamed) = KeyTable.oldAutoencoderAttention.target(key) { return .weights(renamed) }
                return .weights([KeyBinding(key: key)])
            })
    }
}
