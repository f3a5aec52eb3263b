import TestSupport
import Testing

@testable import DragonModel

@Suite struct SingleFileCheckpoints {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func rows(_ names: [String]) throws -> [PeerKeys.Row] { try names.flatMap { try PeerKeys($0).rows } }

    private func write(_ rows: [PeerKeys.Row], _ extra: [(String, [Int])] = [], metadata: [String: String] = [:]) throws -> String {
        let path = folder.file("model.safetensors")
        try writeSparse(path, rows.map { ($0.original, $0.shape) } + extra, metadata: metadata)
        return path
    }

    private func bindAll(_ scope: WeightScope, _ peer: PeerKeys) throws {
        for row in peer.rows { for target in row.targets { _ = try scope.weight(target, shape: row.targetShape) } }
        try scope.finish()
    }

    private let first = ["unet-sd1.json", "vae.json", "clip-sd1.json"]
    private let second = ["unet-sd2.json", "vae.json", "clip-sd2.json"]
    private let lastBlock = ["attn.in_proj_weight", "attn.in_proj_bias", "ln_1.weight", "mlp.c_fc.bias"].map {
        ("cond_stage_model.model.transformer.resblocks.23.\($0)", [1])
    }

    @Test func stableDiffusion1IsRecognisedAndBound() throws {
        let extra = [
            ("cond_stage_model.transformer.text_model.embeddings.position_ids", [1, 77]), ("model_ema.decay", []),
            ("alphas_cumprod", [1000]),
            ("global_step", []),
        ]
        let files = try ModelFiles(path: try write(try rows(first), extra))
        var unet = UNetConfiguration()
        unet.crossAttentionDim = 768
        #expect(files.unetConfiguration == unet)
        #expect(files.autoencoderConfiguration == AutoencoderConfiguration())
        #expect(files.scheduleConfiguration == .stableDiffusion)
        let text = files.textEncoderConfiguration
        #expect([text.layers, text.hiddenSize, text.intermediateSize, text.heads, text.maxPositions] == [12, 768, 3072, 12, 77])
        #expect(text.activation == .quickGELU && text.vocabularySize == 49408)
        try bindAll(try files.unetWeights(), try PeerKeys("unet-sd1.json"))
        try bindAll(try files.autoencoderWeights(), try PeerKeys("vae.json"))
        try bindAll(try files.textEncoderWeights(), try PeerKeys("clip-sd1.json"))
    }

    @Test func stableDiffusion2IsRecognisedAndBound() throws {
        let extra = lastBlock + [("cond_stage_model.model.text_projection", [1024, 1024]), ("cond_stage_model.model.logit_scale", [])]
        let files = try ModelFiles(path: try write(try rows(second), extra))
        var unet = UNetConfiguration()
        (unet.crossAttentionDim, unet.attentionHeads, unet.usesLinearProjection) = (1024, [5, 10, 20, 20], true)
        #expect(files.unetConfiguration == unet)
        #expect(files.scheduleConfiguration.predictionType == .velocity)
        let text = files.textEncoderConfiguration
        #expect([text.layers, text.hiddenSize, text.intermediateSize, text.heads] == [23, 1024, 4096, 16] && text.activation == .gelu)
        try bindAll(try files.unetWeights(), try PeerKeys("unet-sd2.json"))
        try bindAll(try files.textEncoderWeights(), try PeerKeys("clip-sd2.json"))
    }

    /// What one checkpoint was found to be is taken for another's only where their tensors are the same.
    @Test func checkpointsAreWholeByTheirOwnTensors() throws {
        let shelf = ModelShelf()
        var additions = ModelAdditions()
        additions.tokenizer = fixture("model-sd2/tokenizer")
        func problem(_ rows: [PeerKeys.Row], metadata: [String: String] = [:]) -> ModelError? {
            modelError {
                let path = try write(rows, metadata: metadata)
                try ModelFiles(path: path, additions: additions).checkForEditing(sharing: shelf)
            }
        }
        let rows = try rows(first)
        #expect(problem(rows) == nil)
        #expect(problem(rows, metadata: ["title": "another"]) == nil)
        let last = try #require(rows.indices.last { rows[$0].original.hasSuffix("attn2.to_k.weight") })
        var lacking = rows
        lacking.remove(at: last)
        guard case .missing = problem(lacking) else { return #expect(Bool(false), "\(String(describing: problem(lacking)))") }
    }

    @Test func metadataTellWhatIsPredicted() throws {
        let files = try ModelFiles(path: try write(try rows(second), lastBlock, metadata: ["modelspec.prediction_type": "epsilon"]))
        #expect(files.scheduleConfiguration.predictionType == .epsilon)
        let other = try ModelFiles(path: try write(try rows(first), [("v_pred", [])]))
        #expect(other.scheduleConfiguration.predictionType == .velocity)
    }

    @Test func whatIsPredictedIsSaidBesideAFileThatDoesNotTell() throws {
        let path = try write(try rows(second), lastBlock)
        #expect(try ModelFiles(path: path).isPredictionAssumed)
        try folder.write("model.dragon.json", #"{"prediction_type":"epsilon","working_side":512}"#)
        let files = try ModelFiles(path: path)
        #expect(files.scheduleConfiguration.predictionType == .epsilon && !files.isPredictionAssumed && files.workingSide == 512)
        #expect(try ModelFiles(path: path, prediction: .velocity).scheduleConfiguration.predictionType == .velocity)
        try folder.write("model.dragon.json", "{}")
        for (metadata, prediction) in [
            (["modelspec.architecture": "stable-diffusion-v2-512"], ScheduleConfiguration.PredictionType.epsilon),
            (["modelspec.architecture": "stable-diffusion-v2-768-v"], .velocity), (["ss_v_parameterization": "False"], .epsilon),
        ] {
            let files = try ModelFiles(path: try write(try rows(second), lastBlock, metadata: metadata))
            #expect(files.scheduleConfiguration.predictionType == prediction && !files.isPredictionAssumed)
        }
    }

    @Test func knownBaggageIsIgnored() throws {
        let names = [
            "loss.logvar", "model_ema.diffusion_modelinput_blocks00weight", "denoiser.sigmas", "denoiser.log_sigmas", "logit_scale",
            "embedding_manager.initial_embeddings.x", "cond_stage_model.logit_scale", "cond_stage_model.transformer.logit_scale",
            "cond_stage_model.transformer.vision_model.embeddings.class_embedding", "cond_stage_model.transformer.visual_projection.weight",
            "cond_stage_model.transformer.text_model.embeddings.position_ids", "position_ids", "safety_checker.concept_embeds",
            "first_stage_model.loss.discriminator.main.0.weight", "cond_stage_model.transformer.text_projection.weight",
        ]
        let files = try ModelFiles(path: try write(try rows(first), names.map { ($0, [1]) }))
        try files.checkNetworks()
        let visual = ("cond_stage_model.model.visual.proj", [1])
        try ModelFiles(path: try write(try rows(second), lastBlock + [visual])).checkNetworks()
    }

    @Test(arguments: ["unet-sd1.json", "unet-sd2.json"])
    func modelsForInpaintingAreRecognised(_ kind: String) throws {
        let key = "model.diffusion_model.input_blocks.0.0.weight"
        let all = try rows(kind == "unet-sd1.json" ? first : second)
        let plain = try #require(all.first { $0.original == key })
        let others = kind == "unet-sd1.json" ? [] : lastBlock
        let changed = all.filter { $0.original != key }
        for (channels, isInpainting) in [(9, true), (5, false), (8, false)] {
            let path = try write(changed, others + [(key, [plain.shape[0], channels, 3, 3])])
            let error = modelError { try ModelFiles(path: path).checkNetworks() }
            #expect((error == nil) == isInpainting, "\(error?.description ?? "none")")
            if isInpainting { #expect(try ModelFiles(path: path).unetConfiguration.isInpainting) }
        }
    }

    @Test func aScheduleThatEndsInNoiseIsNoObstacle() throws {
        let files = try ModelFiles(path: try write(try rows(first), [("v_pred", []), ("ztsnr", [])]))
        #expect(files.scheduleConfiguration.rescalesToZeroSNR && files.scheduleConfiguration.predictionType == .velocity)
        try files.checkNetworks()
    }

    @Test func anotherAutoencoderStandsForTheFilesOwn() throws {
        let without = try rows(["unet-sd1.json", "clip-sd1.json"])
        let path = try write(without)
        #expect(modelError { _ = try ModelFiles(path: path) } != nil)
        var additions = ModelAdditions()
        let prefix = "first_stage_model."
        for start in ["", prefix] {
            let vae = folder.file("vae.safetensors")
            let keys = try PeerKeys("vae.json").rows.map { (start + $0.original.dropFirst(prefix.count), $0.shape) }
            try writeSparse(vae, keys + [("\(start)loss.logvar", []), ("\(start)model_ema.decay", [])])
            additions.autoencoder = vae
            let files = try ModelFiles(path: path, additions: additions)
            #expect(files.autoencoderConfiguration == AutoencoderConfiguration())
            try files.checkNetworks()
        }
        additions.autoencoder = fixture("variants/tiny")
        try ModelFiles(path: path, additions: additions).checkNetworks()
        try ModelFiles(path: try write(try rows(first)), additions: additions).checkNetworks()
        let half = try readFile(fixture("variants/tiny/taesd_decoder.safetensors"), limit: 1_000_000)
        additions.autoencoder = try folder.write("taesd_decoder.safetensors", half)
        #expect(modelError { _ = try ModelFiles(path: path, additions: additions) }?.description.contains("half") == true)
        // That of another checkpoint.
        additions.autoencoder = path
        try ModelFiles(path: path, additions: additions).checkNetworks()
        additions.autoencoder = fixture("variants/inpainting/diffusion_pytorch_model.safetensors")
        #expect(modelError { _ = try ModelFiles(path: path, additions: additions) }?.description.contains("no autoencoder") == true)
    }

    @Test func theAutoencoderOfTheCheckpointsNameIsTaken() throws {
        let path = try write(try rows(["unet-sd1.json", "clip-sd1.json"]))
        let keys = try PeerKeys("vae.json").rows.map { (String($0.original.dropFirst("first_stage_model.".count)), $0.shape) }
        try writeSparse(folder.file("model.vae.safetensors"), keys)
        let files = try ModelFiles(path: path)
        #expect(files.additions.autoencoder == folder.file("model.vae.safetensors"))
        #expect(files.autoencoderConfiguration == AutoencoderConfiguration())
        try files.checkNetworks()
        // What is said goes before what lies there.
        try writeSparse(folder.file("own.safetensors"), keys)
        try folder.write("model.dragon.json", "{\"vae\": \"own.safetensors\"}")
        #expect(try ModelFiles(path: path).additions.autoencoder == folder.file("own.safetensors"))
        var additions = ModelAdditions()
        additions.autoencoder = fixture("variants/tiny")
        #expect(try ModelFiles(path: path, additions: additions).additions.autoencoder == fixture("variants/tiny"))
    }

    @Test func fusedWeightsAreCutInOrder() throws {
        var writer = SafetensorsWriter()
        writer.add("attn.in_proj_weight", (0..<12).map(Float.init), shape: [6, 2])
        writer.add("conv", [1, 2, 3, 4], shape: [2, 2, 1, 1])
        try writer.write(to: folder.file("w.safetensors"))
        var table = KeyTable()
        table.bind(fused: "attn.in_proj_weight", ["q", "k", "v"])
        table.bindings["conv"] = [KeyBinding(key: "linear", part: .pointwise)]
        let scope = WeightScope(try WeightStore([try SafetensorsFile(folder.file("w.safetensors"))], source: "w", target: table.target))
        #expect(try scope.weight("q", shape: [2, 2]).floats() == [0, 1, 2, 3])
        #expect(try scope.weight("k", shape: [2, 2]).floats() == [4, 5, 6, 7])
        #expect(try scope.weight("v", shape: [2, 2]).floats() == [8, 9, 10, 11])
        #expect(try scope.weight("linear", shape: [2, 2]).floats() == [1, 2, 3, 4])
    }

    @Test func anUnknownKeyIsNamed() throws {
        let path = try write(try rows(first), [("stranger.weight", [1])])
        #expect(modelError { _ = try ModelFiles(path: path) } == .surplus(keys: ["stranger.weight"], count: 1, file: path))
        let inner = try ModelFiles(path: try write(try rows(first), [("model.diffusion_model.strange.0.0.weight", [1])]))
        #expect(
            modelError { _ = try inner.unetWeights() }
                == .surplus(keys: ["model.diffusion_model.strange.0.0.weight"], count: 1, file: path))
    }

    @Test func aWrapperAroundAllKeysIsTakenOff() throws {
        let wrapped = try rows(first).map { ("state_dict.\($0.original)", $0.shape) } + [("global_step", []), ("state_dict.ema.decay", [])]
        let path = folder.file("model.safetensors")
        try writeSparse(path, wrapped)
        try ModelFiles(path: path).checkNetworks()
        // Not where the same key stands outside of it.
        try writeSparse(path, wrapped + [("model.diffusion_model.out.2.weight", [4, 320, 3, 3])])
        #expect(modelError { _ = try ModelFiles(path: path) } != nil)
    }

    @Test func aMissingWeightIsNamed() throws {
        let rows = try rows(first).filter { $0.original != "model.diffusion_model.middle_block.1.norm.weight" }
        let files = try ModelFiles(path: try write(rows))
        let scope = try files.unetWeights()
        #expect(
            modelError { _ = try scope["mid_block.attentions.0.norm"].weight("weight", shape: [1280]) }
                == .missing(key: "mid_block.attentions.0.norm.weight", file: files.path))
    }

    @Test func everyOtherShapeIsRefusedInWords() throws {
        let all = try rows(first)
        for row in all
        where row.original.contains("input_blocks.0.0") || row.original.contains("token_embedding") || row.original.contains("mid.attn") {
            for shape in [[], [0], row.shape + [1], row.shape.map { $0 + 1 }, row.shape.map { _ in 1 }] {
                let changed = all.filter { $0.original != row.original }
                let path = try write(changed, [(row.original, shape)])
                do {
                    let files = try ModelFiles(path: path)
                    try bindAll(try files.unetWeights(), try PeerKeys("unet-sd1.json"))
                    try bindAll(try files.autoencoderWeights(), try PeerKeys("vae.json"))
                    try bindAll(try files.textEncoderWeights(), try PeerKeys("clip-sd1.json"))
                    Issue.record("\(row.original) \(shape) accepted")
                } catch is ModelError {}
            }
        }
    }

    @Test func otherFilesAreRefusedWithWhatTheyAre() throws {
        for name in ["v1-5.ckpt", "x.bin", "x.pt", "x.pth"] {
            let path = try folder.write(name, "PK")
            #expect(modelError { _ = try ModelFiles(path: path) } == .pickle(file: path))
        }
        let lora = folder.file("lora.safetensors")
        for (key, word) in [
            ("lora_unet_x.lora_down.weight", "--lora"), ("control_model.zero_convs.0.0.weight", "ControlNet"),
            ("double_blocks.0.img_attn.proj.weight", "FLUX"), ("model.diffusion_model.joint_blocks.0.x", "Stable Diffusion 3"),
            ("conditioner.embedders.0.x", "Stable Diffusion XL"), ("encoder.down.0.block.0.conv1.weight", "--vae"),
            ("model.diffusion_model.label_emb.0.0.weight", "unCLIP"), ("transformer_blocks.0.attn.to_q.weight", "transformer"),
            ("single_transformer_blocks.0.attn.to_q.weight", "FLUX"), ("model.diffusion_model.out.2.scale_weight", "8 bits"),
            ("adapter.body.0.in_conv.weight", "T2I"), ("image_proj.proj.weight", "IP-Adapter"), ("emb_params", "textual inversion"),
            ("model.diffusion_model.out.2.weight", "UNet alone"), ("first_stage_model.encoder.conv_in.weight", "--vae"),
            ("cond_stage_model.transformer.text_model.x", "text encoder alone"), ("input_blocks.0.0.weight", "UNet alone"),
            ("down_blocks.0.resnets.0.conv1.weight", "unet/"), ("text_model.embeddings.token_embedding.weight", "text encoder"),
        ] {
            try writeSparse(lora, [(key, [1])])
            let error = modelError { _ = try ModelFiles(path: lora) }
            guard case .notThatFile(lora, let words)? = error, words.contains(word) else { throw TestFailure(error) }
        }
        try writeSparse(lora, [("stranger", [1])])
        guard case .incompleteModel(lora, _)? = modelError({ _ = try ModelFiles(path: lora) }) else { throw ModelError.pickle(file: lora) }
        let xl = try write(try rows(["unet-sd2.json"]), [("conditioner.embedders.0.x", [1])])
        #expect("\(modelError { _ = try ModelFiles(path: xl) }.map(\.description) ?? "")".contains("Stable Diffusion XL"))
    }

    @Test func theTokenizerLiesBesideTheCheckpoint() throws {
        let path = try write(try rows(first))
        #expect("\(modelError { _ = try ModelFiles(path: path).tokenizer() }.map(\.description) ?? "")".contains("tokenizer"))
        let beside = try TemporaryFolder()
        try ClipVocabulary.write(to: beside)
        #expect(try ModelFiles(path: path, tokenizer: beside.path).tokenizer().encode("cat", length: 3) == [49406, 2368, 49407])
    }
}
