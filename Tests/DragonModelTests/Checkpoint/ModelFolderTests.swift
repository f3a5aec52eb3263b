import Testing

@testable import DragonModel

@Suite struct ModelFolders {
    let folder: TemporaryFolder

    /// A folder in diffusers' layout whose networks have one weight each.
    init() throws {
        folder = try TemporaryFolder()
        try folder.write("model_index.json", #"{"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet2DConditionModel"]}"#)
        try folder.write("unet/config.json", #"{"cross_attention_dim":32}"#)
        try folder.write("vae/config.json", #"{"_class_name":"AutoencoderKL"}"#)
        try folder.write("text_encoder/config.json", #"{"hidden_size":32,"vocab_size":49408}"#)
        try folder.write("scheduler/scheduler_config.json", "{}")
        try writeSparse(folder.file("unet/diffusion_pytorch_model.safetensors"), [("conv_in.weight", [1])])
        try writeSparse(folder.file("vae/diffusion_pytorch_model.safetensors"), [("quant_conv.weight", [1])])
        try writeSparse(folder.file("text_encoder/model.safetensors"), [("text_model.final_layer_norm.weight", [1])])
    }

    private var error: ModelError? { modelError { _ = try ModelFiles(path: folder.path) } }

    @Test func allPartsAreFound() throws {
        let files = try ModelFiles(path: folder.path)
        #expect(files.layout == .folder && files.unetConfiguration.crossAttentionDim == 32)
        #expect(try files.unetWeights().has("conv_in.weight"))
        #expect(try files.autoencoderWeights().has("quant_conv"))
    }

    @Test(arguments: ["text_model.", ""])
    func theTextEncodersOldAndNewNamesAreOne(prefix: String) throws {
        try writeSparse(
            folder.file("text_encoder/model.safetensors"),
            [("embeddings.token_embedding.weight", [1, 2]), ("embeddings.position_ids", [1]), ("final_layer_norm.bias", [2])].map {
                (prefix + $0, $1)
            })
        let scope = try ModelFiles(path: folder.path).textEncoderWeights()
        _ = try scope["embeddings"]["token_embedding"].weight("weight", shape: [1, 2])
        _ = try scope["final_layer_norm"].weight("bias", shape: [2])
        try scope.finish()
    }

    @Test func theAutoencodersOldAttentionNamesAreTodays() throws {
        let old = ["query", "key", "value", "proj_attn"].map { ("decoder.mid_block.attentions.0.\($0).weight", [2, 2]) }
        try writeSparse(folder.file("vae/diffusion_pytorch_model.safetensors"), old)
        let scope = try ModelFiles(path: folder.path).autoencoderWeights()
        for name in ["to_q", "to_k", "to_v", "to_out.0"] {
            _ = try scope["decoder.mid_block.attentions.0"][name].weight("weight", shape: [2, 2])
        }
        try scope.finish()
        try writeSparse(
            folder.file("vae/diffusion_pytorch_model.safetensors"), old + [("decoder.mid_block.attentions.0.to_q.weight", [2, 2])])
        #expect(modelError { _ = try ModelFiles(path: folder.path).autoencoderWeights() } != nil)
    }

    @Test func halfPrecisionAndShardsAreFound() throws {
        let half = try TemporaryFolder()
        for name in [
            "model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json", "scheduler/scheduler_config.json",
        ] {
            try half.write(name, try readFile(folder.file(name), limit: 1000))
        }
        #expect(
            modelError { _ = try ModelFiles(path: half.path).unetWeights() }.map {
                "\($0)".contains("unet/diffusion_pytorch_model.safetensors")
            } == true)
        try half.write("unet/diffusion_pytorch_model.bin", "x")
        #expect(
            modelError { _ = try ModelFiles(path: half.path).unetWeights() } == .pickle(file: half.file("unet/diffusion_pytorch_model.bin"))
        )
        try writeSparse(half.file("unet/diffusion_pytorch_model.fp16.safetensors"), [("conv_in.weight", [1])])
        #expect(try ModelFiles(path: half.path).unetWeights().has("conv_in"))
        try half.write("unet/diffusion_pytorch_model.safetensors.index.json", #"{"weight_map":{"conv_out.weight":"a.safetensors"}}"#)
        try writeSparse(half.file("unet/a.safetensors"), [("conv_out.weight", [1])])
        #expect(try ModelFiles(path: half.path).unetWeights().has("conv_out"))
    }

    @Test func whatIsAbsentIsNamed() throws {
        let empty = try TemporaryFolder()
        #expect("\(modelError { _ = try ModelFiles(path: empty.path) }.map(\.description) ?? "")".contains("model_index.json"))
        #expect(
            modelError { _ = try ModelFiles(path: empty.file("no")) }
                == .unreadable(file: empty.file("no"), reason: "No such file or directory"))
        try empty.write("model_index.json", "{}")
        #expect(
            modelError { _ = try ModelFiles(path: empty.path) }
                == .unreadable(file: empty.file("unet/config.json"), reason: "No such file or directory"))
    }

    @Test func networksThatDoNotFitEachOtherAreRefused() throws {
        try folder.write("unet/config.json", #"{"cross_attention_dim":64}"#)
        #expect("\(error.map(\.description) ?? "")".contains("64"))
        try folder.write("unet/config.json", #"{"cross_attention_dim":32,"in_channels":5}"#)
        #expect("\(error.map(\.description) ?? "")".contains("depth maps"))
        try folder.write("model_index.json", #"{"text_encoder_2":["transformers","CLIPTextModelWithProjection"]}"#)
        guard case .unsupportedOption(_, "text_encoder_2", _, _)? = error else { throw ModelError.pickle(file: "") }
    }

    @Test(arguments: [
        ("StableDiffusionXLPipeline", "Stable Diffusion XL"), ("StableDiffusion3Pipeline", "Stable Diffusion 3"), ("FluxPipeline", "FLUX"),
    ])
    func otherFoldersAreCalledWhatTheyAre(_ kind: String, _ word: String) throws {
        try folder.write("model_index.json", #"{"_class_name":"\#(kind)"}"#)
        #expect(error?.description.contains("is a \(word) model") == true, "\(error?.description ?? "none")")
        let single = try TemporaryFolder()
        for (kind, word) in [("ControlNetModel", "ControlNet"), ("UNet2DConditionModel", "UNet"), ("AutoencoderKL", "--vae")] {
            try single.write("config.json", #"{"_class_name":"\#(kind)"}"#)
            #expect(modelError { _ = try ModelFiles(path: single.path) }?.description.contains(word) == true)
        }
    }

    @Test func aTokenizerLargerThanTheTextEncoderIsRefused() throws {
        let beside = try TemporaryFolder()
        try ClipVocabulary.write(to: beside)
        #expect(try ModelFiles(path: folder.path, tokenizer: beside.path).tokenizer().vocabularySize == 49408)
        try folder.write("text_encoder/config.json", #"{"hidden_size":32,"vocab_size":49407}"#)
        #expect(modelError { _ = try ModelFiles(path: folder.path, tokenizer: beside.path).tokenizer() } != nil)
    }
}
