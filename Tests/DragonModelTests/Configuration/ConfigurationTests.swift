import Testing

@testable import DragonModel

@Suite struct Configurations {
    private func options(_ text: String) throws -> OptionReader {
        OptionReader(try JSONValue(parsing: Array(text.utf8)), file: "config.json")
    }

    private func unet(_ text: String) throws -> UNetConfiguration { try UNetConfiguration(options(text)) }

    @Test func anEmptyFileMeansDiffusersDefaults() throws {
        #expect(try unet("{}") == UNetConfiguration())
        #expect(try ScheduleConfiguration(options("{}")) == ScheduleConfiguration())
        #expect(try TextEncoderConfiguration(options("{}")) == TextEncoderConfiguration())
        let autoencoder = try AutoencoderConfiguration(options("{}"))
        guard case .convolutional(let network) = autoencoder.architecture else { throw autoencoder.refused }
        #expect(network.blockOutChannels == [64] && network.layersPerBlock == 1)
        #expect(autoencoder.downsampling == 1)
    }

    @Test func numbersStandForEveryLevelAndListsForEach() throws {
        let one = try unet(#"{"attention_head_dim":8,"layers_per_block":2,"cross_attention_dim":768}"#)
        #expect(one.attentionHeads == [8, 8, 8, 8] && one.layersPerBlock == [2, 2, 2, 2])
        let each = try unet(#"{"attention_head_dim":[5,10,20,20],"layers_per_block":[1,2,3,4],"use_linear_projection":true}"#)
        #expect(each.attentionHeads == [5, 10, 20, 20] && each.layersPerBlock == [1, 2, 3, 4] && each.usesLinearProjection)
        #expect(each.timeEmbeddingDim == 1280)
    }

    @Test(arguments: [
        (#"{"block_out_channels":[320,640]}"#, "down_block_types"), (#"{"block_out_channels":[]}"#, "block_out_channels"),
        (#"{"block_out_channels":[0,640,1280,1280]}"#, "block_out_channels"),
        (#"{"block_out_channels":[320,640,1280,1e9]}"#, "block_out_channels"),
        (#"{"block_out_channels":[33,66,66,66],"norm_num_groups":3,"attention_head_dim":1}"#, "block_out_channels"),
        (#"{"norm_num_groups":33}"#, "norm_num_groups"), (#"{"norm_num_groups":0}"#, "norm_num_groups"),
        (#"{"attention_head_dim":7}"#, "attention_head_dim"), (#"{"attention_head_dim":[8,8]}"#, "attention_head_dim"),
        (#"{"attention_head_dim":-8}"#, "attention_head_dim"), (#"{"norm_eps":0}"#, "norm_eps"), (#"{"norm_eps":"1e-5"}"#, "norm_eps"),
        (#"{"in_channels":4.5}"#, "in_channels"), (#"{"flip_sin_to_cos":1}"#, "flip_sin_to_cos"),
        (#"{"down_block_types":"x"}"#, "down_block_types"),
        (#"{"time_embedding_dim":99999999999}"#, "time_embedding_dim"),
        (#"{"transformer_layers_per_block":[1,2,10]}"#, "transformer_layers_per_block"),
        (#"{"transformer_layers_per_block":[1,2,10,0]}"#, "transformer_layers_per_block"),
        (
            #"{"block_out_channels":[32,64],"down_block_types":["DownBlock2D","DownBlock2D"],"up_block_types":["UpBlock2D","UpBlock2D"]}"#,
            "up_block_types"
        ),
    ])
    func senselessValuesAreNamed(text: String, option: String) {
        guard case .invalidOption("config.json", option, _)? = modelError({ _ = try unet(text) }) else {
            Issue.record("accepted \(text)")
            return
        }
    }

    @Test(arguments: [
        (#"{"class_embed_type":"timestep"}"#, "class_embed_type"), (#"{"addition_embed_type":"text_time"}"#, "addition_embed_type"),
        (#"{"only_cross_attention":true}"#, "only_cross_attention"), (#"{"dual_cross_attention":true}"#, "dual_cross_attention"),
        (#"{"resnet_time_scale_shift":"scale_shift"}"#, "resnet_time_scale_shift"),
        (#"{"down_block_types":["AttnDownBlock2D","DownBlock2D","DownBlock2D","DownBlock2D"]}"#, "down_block_types"),
        (#"{"num_attention_heads":8}"#, "num_attention_heads"), (#"{"mid_block_scale_factor":1.5}"#, "mid_block_scale_factor"),
        (#"{"_class_name":"UNet3DConditionModel"}"#, "_class_name"), (#"{"act_fn":"gelu"}"#, "act_fn"),
    ])
    func whatIsNotComputedIsNamed(text: String, option: String) {
        guard case .unsupportedOption("config.json", option, _, _)? = modelError({ _ = try unet(text) }) else {
            Issue.record("accepted \(text)")
            return
        }
    }

    @Test func usualValuesOfOtherOptionsAreAccepted() throws {
        _ = try unet(
            #"{"mid_block_scale_factor":1.0,"class_embed_type":null,"dropout":0.0,"upcast_attention":true,"conv_in_kernel":3,"anything":[1]}"#
        )
    }

    @Test func theAutoencoderComesInTwoKinds() throws {
        let levels =
            #""down_block_types":["DownEncoderBlock2D","DownEncoderBlock2D"],"up_block_types":["UpDecoderBlock2D","UpDecoderBlock2D"]"#
        let usual = try AutoencoderConfiguration(
            options(
                "{\"_class_name\":\"AutoencoderKL\",\"block_out_channels\":[32,64],\"layers_per_block\":2,\"scaling_factor\":0.5,\(levels)}"
            ))
        #expect(usual.scalingFactor == 0.5 && usual.downsampling == 2)
        let patch = try AutoencoderConfiguration(
            options(#"{"_class_name":"PatchAutoencoder","in_channels":3,"latent_channels":12,"patch_size":8,"scaling_factor":1.5}"#))
        #expect(
            patch.architecture == .patch(side: 8, hasContext: false) && patch.latentChannels == 12 && patch.downsampling == 8
                && patch.scalingFactor == 1.5)
    }

    @Test(arguments: [
        #"{"latents_mean":[0.1]}"#, #"{"shift_factor":0.1}"#, #"{"_class_name":"AsymmetricAutoencoderKL"}"#, #"{"act_fn":"relu"}"#,
        #"{"scaling_factor":0}"#,
        #"{"scaling_factor":-1}"#, #"{"block_out_channels":[64,64]}"#, #"{"block_out_channels":[65]}"#, #"{"out_channels":4}"#,
    ])
    func otherAutoencodersAreRefused(text: String) { #expect(throws: ModelError.self) { try AutoencoderConfiguration(options(text)) } }

    @Test func everySchedulerTellsItsNoise() throws {
        let pndm = try ScheduleConfiguration(
            options(
                #"{"_class_name":"PNDMScheduler","beta_end":0.012,"beta_schedule":"scaled_linear","beta_start":0.00085,"num_train_timesteps":1000,"#
                    + #""set_alpha_to_one":false,"skip_prk_steps":true,"steps_offset":1,"trained_betas":null,"clip_sample":false}"#))
        #expect(pndm == .stableDiffusion)
        let euler = try ScheduleConfiguration(
            options(#"{"_class_name":"EulerDiscreteScheduler","prediction_type":"v_prediction","timestep_spacing":"linspace"}"#))
        #expect(euler.predictionType == .velocity && euler.timestepSpacing == .linspace && euler.setsAlphaToOne)
    }

    @Test(arguments: [
        #"{"beta_schedule":"sigmoid"}"#, #"{"prediction_type":"sample"}"#, #"{"original_inference_steps":0}"#, #"{"trained_betas":[0.1]}"#,
        #"{"beta_start":0.5,"beta_end":0.1}"#, #"{"beta_end":1.5}"#, #"{"num_train_timesteps":0}"#,
        #"{"steps_offset":1000}"#,
    ])
    func otherSchedulesAreRefused(text: String) { #expect(throws: ModelError.self) { try ScheduleConfiguration(options(text)) } }

    @Test func theTextEncoderIsRead() throws {
        let text =
            #"{"model_type":"clip_text_model","hidden_act":"gelu","hidden_size":1024,"intermediate_size":4096,"num_attention_heads":16,"#
        let configuration = try TextEncoderConfiguration(options(text + #""num_hidden_layers":23,"eos_token_id":2,"pad_token_id":1}"#))
        #expect(
            configuration.activation == .gelu && configuration.layers == 23 && configuration.heads == 16 && configuration.hiddenSize == 1024
        )
        #expect(throws: ModelError.self) { try TextEncoderConfiguration(options(text + #""num_hidden_layers":0}"#)) }
        #expect(throws: ModelError.self) { try TextEncoderConfiguration(options(#"{"hidden_act":"relu"}"#)) }
        #expect(throws: ModelError.self) { try TextEncoderConfiguration(options(#"{"num_attention_heads":7}"#)) }
    }

    @Test func aFileThatIsNoObjectIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("config.json", "[]")
        #expect(
            modelError { _ = try UNetConfiguration(file: path) }
                == .malformedJSON(file: path, offset: 0, reason: "an object should stand here"))
        try folder.write("config.json", "{,}")
        #expect(
            modelError { _ = try UNetConfiguration(file: path) }
                == .malformedJSON(file: path, offset: 1, reason: "a name should stand here"))
    }
}

extension AutoencoderConfiguration {
    fileprivate var refused: ModelError { .incompleteModel(path: "", reason: "not convolutional: \(architecture)") }
}
