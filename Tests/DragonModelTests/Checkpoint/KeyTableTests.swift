import Testing

@testable import DragonModel

@Suite struct KeyTables {
    private var stableDiffusion2: UNetConfiguration {
        var configuration = UNetConfiguration()
        configuration.usesLinearProjection = true
        return configuration
    }

    /// Compares a table with diffusers' converter, key for key, both ways.
    private func compare(_ table: KeyTable, _ prefix: String, _ peer: PeerKeys) {
        let expected = Dictionary(uniqueKeysWithValues: peer.rows.map { (String($0.original.dropFirst(prefix.count)), $0.targets) })
        for (key, targets) in expected { #expect(table.bindings[key]?.map(\.key) == targets, "\(key)") }
        // What the table has beyond that are parts that other shapes have: skips where channels change, biases.
        let all = table.bindings.values.flatMap { $0 }
        #expect(Set(all.map(\.key)).count == all.count, "two keys become the same")
    }

    @Test(arguments: ["unet-sd1.json", "unet-sd2.json"])
    func unetKeysAreThoseOfDiffusers(file: String) throws {
        compare(.originalUNet(stableDiffusion2), "model.diffusion_model.", try PeerKeys(file))
    }

    @Test func autoencoderKeysAreThoseOfDiffusers() throws {
        compare(.originalAutoencoder(ConvolutionalAutoencoder()), "first_stage_model.", try PeerKeys("vae.json"))
    }

    @Test func textEncoderKeysAreThoseOfDiffusers() throws {
        compare(.textEncoder(layers: 12, prefix: "text_model."), "cond_stage_model.transformer.", try PeerKeys("clip-sd1.json"))
        compare(.openCLIP(layers: 23), "cond_stage_model.model.", try PeerKeys("clip-sd2.json"))
    }

    @Test func keysMatchWholeOrNotAtAll() {
        let table = KeyTable.originalUNet(UNetConfiguration())
        #expect(table.target("input_blocks.1.0.in_layers.0.weight") == .weights([KeyBinding(key: "down_blocks.0.resnets.0.norm1.weight")]))
        for key in [
            "input_blocks.1.0.in_layers.0", "xinput_blocks.1.0.in_layers.0.weight", "input_blocks.12.0.op.weight",
            "input_blocks.3.0.in_layers.0.weight",
        ] {
            #expect(table.target(key) == .unknown)
        }
    }

    @Test func whatIsNotNeededIsNamedWithItsReason() {
        let table = KeyTable.openCLIP(layers: 23)
        #expect(table.target("transformer.resblocks.23.attn.in_proj_weight") == .unused)
        #expect(table.target("transformer.resblocks.24.attn.in_proj_weight") == .unknown)
        #expect(table.unused["text_projection"]?.isEmpty == false)
    }
}
