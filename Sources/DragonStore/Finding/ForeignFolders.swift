import DragonModel
import Glibc

/// What a file or folder of another program is to us.
enum ForeignKind: Sendable {
    case model
    case lora
}

/// The folders in which other programs keep their models: Hugging Face's cache, Krita AI Diffusion, ComfyUI, Automatic1111, InvokeAI.
/// They are read and never written to.
struct ForeignFolders {
    /// What was found in one of them.
    struct Item: Equatable {
        let kind: ForeignKind
        let path: String
        /// Its name for people; nil takes it from the path.
        var name: String?
    }

    /// Folders, or the programs' own that hold `models`.
    let roots: [String]

    /// Folders within folders that are looked into.
    private static let mostDepth = 6
    /// Entries that are looked at in all: a folder given by mistake may be a whole disk.
    private static let mostEntries = 20_000

    /// The usual places of these programs.
    ///
    /// - Parameters:
    ///   - value: a variable's value; nil where it is empty.
    ///   - data: the user's folder of data, and of what can be made again.
    static func usual(_ value: (String) -> String?, data: String?, cache: String?) -> [String] {
        let home = value("HOME")
        let hub = value("HF_HUB_CACHE") ?? value("HF_HOME").map { "\($0)/hub" } ?? cache.map { "\($0)/huggingface/hub" }
        let servers = [data, home.map { "\($0)/.var/app/org.kde.krita/data" }].compactMap { $0.map { "\($0)/krita/ai_diffusion/server" } }
        let programs = ["ComfyUI", "comfy/ComfyUI", "Documents/ComfyUI", "stable-diffusion-webui", "stable-diffusion-webui-forge"]
        return [hub].compactMap { $0 } + servers.flatMap { [$0, "\($0)/ComfyUI"] }
            + programs.compactMap { name in home.map { "\($0)/\(name)" } }
            + [value("INVOKEAI_ROOT") ?? home.map { "\($0)/invokeai" }].compactMap { $0 }
    }

    /// What lies in them, by folder and name.
    func items() -> [Item] {
        var walk = Walk(left: Self.mostEntries)
        for root in roots {
            let models = "\(root)/models"
            // A program's own folder holds much beside its models.
            walk.look(into: isFolder(models) ? models : root, kind: nil, depth: Self.mostDepth)
        }
        return walk.items
    }

    /// One pass over the folders.
    private struct Walk {
        var left: Int
        var items: [Item] = []

        /// - Parameter kind: what the folder's name says of its files; nil where it says nothing.
        mutating func look(into folder: String, kind: ForeignKind?, depth: Int) {
            let names = entries(of: folder).filter { !$0.hasPrefix(".") }
            for name in names where !isCompanion(name, among: names) {
                guard left > 0 else { return }
                left -= 1
                let path = "\(folder)/\(name)"
                if isCheckpointName(name) || kind == .model && ModelFiles.isPickleName(name) {
                    if let kind = kind ?? contents(of: path) { items.append(Item(kind: kind, path: path)) }
                } else if isFolder(path) {
                    look(at: path, name: name, kind: kind, depth: depth)
                }
            }
        }

        private mutating func look(at path: String, name: String, kind: ForeignKind?, depth: Int) {
            if exists("\(resolvedModel(path))/model_index.json") {
                items.append(Item(kind: .model, path: path))
            } else if name.hasPrefix("models--") {
                lookIntoSnapshot(path)
            } else if depth > 0, !Self.others.contains(name.lowercased()) {
                look(into: path, kind: Self.kinds[name.lowercased()] ?? kind, depth: depth - 1)
            }
        }

        /// A repository of the hub that is no folder of diffusers may hold a checkpoint or a LoRA, or something else altogether.
        private mutating func lookIntoSnapshot(_ path: String) {
            let snapshot = resolvedModel(path)
            let files = checkpoints(among: entries(of: snapshot)).map { "\(snapshot)/\($0)" }
            for file in files {
                guard let kind = contents(of: file) else { continue }
                let own = FoundModel.name(of: path)
                items.append(Item(kind: kind, path: file, name: files.count == 1 ? own : "\(own)/\(FoundModel.name(of: file))"))
            }
        }

        /// What a file of no telling place is, by its keys; nil for what is of no use here.
        private func contents(of path: String) -> ForeignKind? { WeightsKind(file: path).map { $0 == .lora ? .lora : .model } }

        /// What the files in folders of these names are.
        private static let kinds: [String: ForeignKind] = [
            "checkpoints": .model, "stable-diffusion": .model, "main": .model, "loras": .lora, "lora": .lora, "lycoris": .lora,
        ]

        /// Folders of what is of no use here.
        private static let others: Set<String> = [
            "animatediff_models", "any", "blip", "clip", "clip_vision", "codeformer", "configs", "control", "controlnet",
            "core", "deepbooru", "depth_anything", "diffusers_cache", "diffusion_models", "embedding", "embeddings", "esrgan", "gfpgan",
            "gligen",
            "hypernetworks", "image_encoder", "inpaint", "insightface", "ip_adapter", "ipadapter", "karlo", "latent_upscale_models", "ldsr",
            "llava", "model_patches", "onnx", "photomaker", "realesrgan", "scunet", "style_models", "swinir", "t2i_adapter", "t5_encoder",
            "text_encoder", "text_encoders", "textual_inversion", "torch_deepdanbooru", "unet", "upscale_models", "vae", "vae-approx",
            "vae_approx", "video_models",
        ]
    }
}
