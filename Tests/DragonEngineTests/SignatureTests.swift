import CDragon
import DragonEngine
import Testing

/// `@_cdecl` takes any signature: only here is an export held against the header.
@Suite("Every export has the header's type")
struct SignatureTests {
    /// Compares whole types: a conversion between them would hide a difference that C callers feel.
    private func expectSame<Export, Declared>(_ export: Export, _ declared: Declared, _ name: String) {
        #expect(Export.self == Declared.self, "\(name) is \(Export.self), the header says \(Declared.self)")
    }

    @Test("functions")
    func functions() {
        expectSame(dragonABIVersion, dragon_abi_version, "dragon_abi_version")
        expectSame(dragonVersion, dragon_version, "dragon_version")
        expectSame(dragonStatusText, dragon_status_text, "dragon_status_text")
        expectSame(dragonModelListCreate, dragon_model_list_create, "dragon_model_list_create")
        expectSame(dragonModelListCount, dragon_model_list_count, "dragon_model_list_count")
        expectSame(dragonModelListPath, dragon_model_list_path, "dragon_model_list_path")
        expectSame(dragonModelListName, dragon_model_list_name, "dragon_model_list_name")
        expectSame(dragonModelListProblem, dragon_model_list_problem, "dragon_model_list_problem")
        expectSame(dragonModelListKind, dragon_model_list_kind, "dragon_model_list_kind")
        expectSame(dragonLoRAListCreate, dragon_lora_list_create, "dragon_lora_list_create")
        expectSame(dragonModelInspect, dragon_model_inspect, "dragon_model_inspect")
        expectSame(dragonModelListFree, dragon_model_list_free, "dragon_model_list_free")
        expectSame(dragonModelAdd, dragon_model_add, "dragon_model_add")
        expectSame(dragonModelOpen, dragon_model_open, "dragon_model_open")
        expectSame(dragonModelOpenWatched, dragon_model_open_watched, "dragon_model_open_watched")
        expectSame(dragonModelOpenWith, dragon_model_open_with, "dragon_model_open_with")
        expectSame(dragonModelClose, dragon_model_close, "dragon_model_close")
        expectSame(dragonModelMessage, dragon_model_message, "dragon_model_message")
        expectSame(dragonModelDescribe, dragon_model_describe, "dragon_model_describe")
        expectSame(dragonParametersDefault, dragon_parameters_default, "dragon_parameters_default")
        expectSame(dragonParametersOf, dragon_parameters_of, "dragon_parameters_of")
        expectSame(dragonEditEstimate, dragon_edit_estimate, "dragon_edit_estimate")
        expectSame(dragonEdit, dragon_edit, "dragon_edit")
        expectSame(dragonModelCancel, dragon_model_cancel, "dragon_model_cancel")
        expectSame(dragonPreview, dragon_preview, "dragon_preview")
        expectSame(dragonResultDescribe, dragon_result_describe, "dragon_result_describe")
        expectSame(dragonResultPixels, dragon_result_pixels, "dragon_result_pixels")
        expectSame(dragonResultMask, dragon_result_mask, "dragon_result_mask")
        expectSame(dragonResultMaskFloat, dragon_result_mask_float, "dragon_result_mask_float")
        expectSame(dragonResultFree, dragon_result_free, "dragon_result_free")
        expectSame(dragonResultExtent, dragon_result_extent, "dragon_result_extent")
        expectSame(dragonResultPart, dragon_result_part, "dragon_result_part")
        expectSame(dragonEditFrames, dragon_edit_frames, "dragon_edit_frames")
        expectSame(dragonSelectorFind, dragon_selector_find, "dragon_selector_find")
        expectSame(dragonSelectorFindHeld, dragon_selector_find_held, "dragon_selector_find_held")
        expectSame(dragonSelectorFindShadow, dragon_selector_find_shadow, "dragon_selector_find_shadow")
    }

    @Test("structs start with their size, and keep the layout that was promised")
    func layouts() {
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.size) == 0 && MemoryLayout<dragon_parameters>.stride == 120)
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.first_step) == 80)
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.use_network) == 88)
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.preset) == 92)
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.image_prompt_end) == 108)
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.precision) == 112)
        #expect(MemoryLayout<dragon_parameters>.offset(of: \.fill) == 116)
        #expect(MemoryLayout<dragon_request>.offset(of: \.image_prompt) == 240)
        #expect(MemoryLayout<dragon_model_options>.stride == 72 && MemoryLayout<dragon_lora>.stride == 16)
        #expect(MemoryLayout<dragon_request>.offset(of: \.size) == 0 && MemoryLayout<dragon_request>.stride == 344)
        #expect(MemoryLayout<dragon_request>.offset(of: \.rotate) == 272 && MemoryLayout<dragon_request>.offset(of: \.held) == 288)
        #expect(MemoryLayout<dragon_request>.offset(of: \.source_prompt) == 336)
        #expect(MemoryLayout<dragon_progress>.offset(of: \.size) == 0 && MemoryLayout<dragon_progress>.stride == 72)
        #expect(MemoryLayout<dragon_model_info>.stride == 72 && MemoryLayout<dragon_model_info>.offset(of: \.instant_steps) == 40)
        #expect(MemoryLayout<dragon_estimate>.stride == 40)
        #expect(MemoryLayout<dragon_result_info>.stride == 32)
        #expect(MemoryLayout<dragon_result_info>.offset(of: \.made_pixels) == 24)
    }
}
