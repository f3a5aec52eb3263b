import CKernels

/// How a weight is read as the left operand of a product.
enum WeightReading {
    /// Rows of the weight are rows of the product: a layer's forward pass.
    case asStored
    /// Columns of the weight are rows of the product: its pullback.
    case transposed
}

/// The arrays of a product `y = weight × x + bias + residual`.
struct ProductOperands {
    let weight: Weight
    let x, y: Tensor
    var bias: Vector?
    var residual: Tensor?
    /// Where in the weight, in bytes, the kernel starts to read.
    var weightStart = 0
}

// How operands lie in memory; the arrays themselves are lent to a product when it runs.
extension dragon_product {
    /// A matrix `[rows, columns]` as left operand.
    mutating func setMatrix(_ weight: Weight, reading: WeightReading) {
        let rows = weight.shape[0]
        let columns = weight.count / max(rows, 1)
        a_type = weight.elementType.rawValue
        taps = 1
        switch reading {
        case .asStored: (m, k, a_row, a_col) = (Int32(rows), Int32(columns), columns, 1)
        case .transposed: (m, k, a_row, a_col) = (Int32(columns), Int32(rows), 1, columns)
        }
    }

    /// `x` as dense right operand: channels by columns, an item after the other.
    mutating func setColumns(of x: Tensor) {
        b_row = x.columns
        b_item = x.itemCount
        items = Int32(x.batch)
        n = Int32(x.columns)
    }

    /// `y` as result.
    mutating func setResult(_ y: Tensor) {
        c_row = y.columns
        c_item = y.itemCount
    }
}

extension ComputeContext {
    /// Floats of packed columns up to which rows are shared out: all tasks read them, from the last-level cache.
    private static let mostShared = 1 << 20

    /// Runs a product: columns that are few are packed once, and the rows shared out, so that each weight is brought to the products'
    /// format once; many are shared out and packed on the way. Either way every element is summed in the same order.
    func run(_ layout: dragon_product, on operands: ProductOperands) throws {
        try checkCancellation()
        try withPointers(operands.weight, operands.x, operands.y, operands.bias, operands.residual) { weight, x, y, bias, residual in
            var product = layout
            product.a = weight + operands.weightStart
            (product.b, product.c) = (x.read, y)
            (product.bias, product.residual) = (bias, residual?.read)
            try run(product)
        }
    }

    private func run(_ product: dragon_product) throws {
        guard product.m > 0, product.n > 0, product.items > 0 else { return }
        count(operations: 2 * Int(product.m) * Int(product.k) * Int(product.n) * Int(product.items))
        if let blas, product.isDense { return try run(product, by: blas) }
        let table = kernels.functions
        let panels = Int(product.items) * ((Int(product.n) + Int(table.panel) - 1) / Int(table.panel))
        let packed = withUnsafePointer(to: product) { table.products.packed_floats($0, Int32(panels)) }
        if packed > Self.mostShared, panels >= 4 * threads {
            try runByColumns(product, table, panels: panels)
        } else {
            try runByRows(product, table, panels: panels)
        }
    }

    private func runByColumns(_ product: dragon_product, _ table: dragon_kernel_table, panels: Int) throws {
        let chunk = min(8, max(2, panels / (4 * threads)))
        try withUnsafePointer(to: product) { product in
            let scratch = table.products.multiply_scratch(product, Int32(chunk), 0)
            try forEach((panels + chunk - 1) / chunk, scratch: scratch) { task, scratch in
                let end = min(panels, (task + 1) * chunk)
                table.products.multiply(product, 0, product.pointee.m, Int32(task * chunk), Int32(end), nil, scratch)
            }
        }
    }

    private func runByRows(_ product: dragon_product, _ table: dragon_kernel_table, panels: Int) throws {
        let rows = Int(product.m)
        let tile = Int(table.tile_rows)
        let share = (rows + 4 * threads - 1) / (4 * threads)
        let chunk = max(1, (share + tile - 1) / tile) * tile
        try withUnsafePointer(to: product) { product in
            let packed = try TensorStorage(count: table.products.packed_floats(product, Int32(panels)), pool: pool)
            let scratch = table.products.multiply_scratch(product, Int32(panels), 1)
            try withPointers(packed) { packed in
                forEach(panels) { table.products.pack(product, Int32($0), Int32($0 + 1), packed) }
                try forEach((rows + chunk - 1) / chunk, scratch: scratch) { task, scratch in
                    let end = min(rows, (task + 1) * chunk)
                    table.products.multiply(product, Int32(task * chunk), Int32(end), 0, Int32(panels), packed, scratch)
                }
            }
        }
    }
}
