import COpenBLAS

/// OpenBLAS, where it is installed: the products of processors that have no vector kernels of ours, and the yardstick
/// of the others.
public enum OpenBLAS {
    /// The kernels that it chose, such as "SkylakeX"; nil where it is not installed. Loads it.
    public static var coreName: String? {
        guard let functions = dragon_openblas_load() else { return nil }
        return functions.pointee.core.map { String(cString: $0) }
    }
}

/// Which library multiplies dense matrices.
public enum ProductLibrary: Sendable {
    /// The engine's kernels.
    case kernels
    /// OpenBLAS, for dense products; the kernels for the rest, and for everything where it is not installed.
    case openBLAS
}

/// OpenBLAS's functions; immutable once loaded.
struct BLASFunctions: @unchecked Sendable {
    let functions: UnsafePointer<dragon_openblas>

    /// Loads the library, if it is installed and multiplies for whoever chose so; it rounds nothing.
    init?(_ library: ProductLibrary, _ format: ProductFormat) {
        guard library == .openBLAS, format == .float32, let functions = dragon_openblas_load() else { return nil }
        self.functions = functions
    }
}
