import CKernels
import COpenBLAS

extension dragon_product {
    /// Whether both operands are plain matrices, which a BLAS can multiply.
    var isDense: Bool { window == 0 && taps == 1 && (a_col == 1 || a_row == 1) }
}

/// CBLAS's names for how a matrix lies in memory.
private enum CBLAS {
    static let rowMajor: Int32 = 101
    static let asStored: Int32 = 111
    static let transposed: Int32 = 112
}

extension ComputeContext {
    /// Runs a dense product by OpenBLAS: the weight is widened whole, bias and residual are laid into the result first.
    func run(_ product: dragon_product, by blas: BLASFunctions) throws {
        let (rows, depth, columns) = (Int(product.m), Int(product.k), Int(product.n))
        let asStored = product.a_col == 1
        let (stored, width) = asStored ? (rows, depth) : (depth, rows)
        guard let a = product.a, let c = product.c else { return }
        let size = ElementType(rawValue: product.a_type)?.size ?? 4
        let weight = try TensorStorage(count: rows * depth, pool: pool)
        let widen = kernels.functions.widen
        blas.functions.pointee.set_threads(Int32(threads))
        withPointers(weight) { weight in
            forEach(stored) { row in widen?(a + row * width * size, product.a_type, weight + row * width, width) }
            for item in 0..<Int(product.items) {
                let result = c + item * product.c_item
                if product.accumulate == 0 { product.fill(result, item: item, rows: rows, columns: columns) }
                blas.functions.pointee.sgemm(
                    CBLAS.rowMajor, asStored ? CBLAS.asStored : CBLAS.transposed, CBLAS.asStored, product.m, product.n, product.k, 1,
                    weight, Int32(width), product.b + item * product.b_item, Int32(product.b_row), 1, result, Int32(product.c_row))
            }
        }
    }
}

extension dragon_product {
    /// Bias plus residual, for the product to be added to.
    fileprivate func fill(_ result: UnsafeMutablePointer<Float>, item: Int, rows: Int, columns: Int) {
        for row in 0..<rows {
            let target = result + row * c_row
            let shift = bias?[row] ?? 0
            if let extra = residual.map({ $0 + item * c_item + row * c_row }) {
                for i in 0..<columns { target[i] = extra[i] + shift }
            } else {
                target.update(repeating: shift, count: columns)
            }
        }
    }
}
