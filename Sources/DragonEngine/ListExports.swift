public import CDragon
import DragonModel
import DragonStore

let modelLists = HandleTable<ModelList>()

/// What was found, as it was then.
final class ModelList: Sendable {
    struct Item: Sendable {
        let name: String
        let path: String
        let problem: String?
        let kind: dragon_model_kind
    }

    let items: [Item]

    init(_ models: [FoundModel]) {
        items = models.map { Item(name: $0.name, path: $0.path, problem: $0.problem, kind: $0.purpose.kind) }
    }

    init(_ loras: [FoundLoRA]) {
        items = loras.map {
            let kind = $0.problem == nil ? DRAGON_MODEL_LORA : DRAGON_MODEL_UNUSABLE
            return Item(name: $0.name, path: $0.path, problem: $0.problem, kind: dragon_model_kind(kind))
        }
    }
}

extension ModelPurpose? {
    /// The kind as the header numbers it.
    fileprivate var kind: dragon_model_kind {
        switch self {
        case .base: dragon_model_kind(DRAGON_MODEL_BASE)
        case .inpainting: dragon_model_kind(DRAGON_MODEL_INPAINTING)
        case .fewSteps: dragon_model_kind(DRAGON_MODEL_FEW_STEPS)
        case nil: dragon_model_kind(DRAGON_MODEL_UNUSABLE)
        }
    }
}

/// `dragon_model_list_create` of the header.
@_cdecl("dragon_model_list_create")
public func dragonModelListCreate(_ list: UnsafeMutablePointer<OpaquePointer?>?) -> dragon_status {
    Status.code {
        _ = try present(list, "the list")
        try give(ModelList(ModelStore().models()), from: modelLists, to: list, "the list")
    }
}

/// `dragon_lora_list_create` of the header.
@_cdecl("dragon_lora_list_create")
public func dragonLoRAListCreate(_ list: UnsafeMutablePointer<OpaquePointer?>?) -> dragon_status {
    Status.code {
        _ = try present(list, "the list")
        try give(ModelList(ModelStore().loras()), from: modelLists, to: list, "the list")
    }
}

/// `dragon_model_list_count` of the header.
@_cdecl("dragon_model_list_count")
public func dragonModelListCount(_ list: OpaquePointer?) -> Int { modelLists[list]?.items.count ?? 0 }

/// `dragon_model_list_path` of the header.
@_cdecl("dragon_model_list_path")
public func dragonModelListPath(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.path ?? "", to: buffer, size)
}

/// `dragon_model_list_name` of the header.
@_cdecl("dragon_model_list_name")
public func dragonModelListName(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.name ?? "", to: buffer, size)
}

/// `dragon_model_list_problem` of the header.
@_cdecl("dragon_model_list_problem")
public func dragonModelListProblem(_ list: OpaquePointer?, _ index: Int, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
    copy(listed(list, index)?.problem ?? "", to: buffer, size)
}

/// `dragon_model_list_kind` of the header.
@_cdecl("dragon_model_list_kind")
public func dragonModelListKind(_ list: OpaquePointer?, _ index: Int) -> dragon_model_kind {
    listed(list, index)?.kind ?? dragon_model_kind(DRAGON_MODEL_UNUSABLE)
}

/// `dragon_model_list_free` of the header.
@_cdecl("dragon_model_list_free")
public func dragonModelListFree(_ list: OpaquePointer?) { _ = modelLists.remove(list) }

private func listed(_ list: OpaquePointer?, _ index: Int) -> ModelList.Item? {
    guard let items = modelLists[list]?.items, items.indices.contains(index) else { return nil }
    return items[index]
}
