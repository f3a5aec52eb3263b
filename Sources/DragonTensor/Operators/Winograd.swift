import CKernels

/// A 3×3 convolution of stride 1 by minimal filtering, F(4×4, 3×3) or in bfloat16 F(2×4, 3×3), cut into bands of tiles and blocks of
/// channels.
struct Winograd {
    /// Tiles that are worked on together: enough that transforming the filters is a small share of the work.
    private static let bandTiles = 512
    /// Output channels of a task at most: a block's filters and products should stay in the second-level cache.
    private static let blockRows = 70

    /// How the operands lie in memory; the arrays themselves are lent when it runs.
    private var layout = dragon_winograd()
    private let operands: ProductOperands

    /// Whether it is faster than the direct sum: below a vector of tiles, or with few channels, it is not.
    static func pays(_ x: Tensor, _ y: Tensor) -> Bool {
        let tiles = x.batch * ((x.shape[2] + 3) / 4) * ((x.shape[3] + 3) / 4)
        return tiles >= 12 && x.channels >= 16 && y.channels >= 16
    }

    init(
        _ weight: Weight, pullback: Bool, from x: Tensor, to y: Tensor, bias: Vector?, residual: Tensor?, in context: ComputeContext
    ) {
        operands = ProductOperands(weight: weight, x: x, y: y, bias: bias, residual: residual)
        layout.weight_type = weight.elementType.rawValue
        layout.flip = pullback ? 1 : 0
        layout.w_out = pullback ? 9 : weight.shape[1] * 9
        layout.w_in = pullback ? weight.shape[1] * 9 : 9
        layout.x_item = x.itemCount
        layout.y_item = y.itemCount
        layout.in_channels = Int32(x.channels)
        layout.out_channels = Int32(y.channels)
        layout.items = Int32(x.batch)
        layout.height = Int32(x.shape[2])
        layout.width = Int32(x.shape[3])
    }

    func run(in context: ComputeContext) throws {
        let (x, y) = (operands.x, operands.y)
        context.count(operations: 18 * x.channels * y.channels * x.batch * x.columns)
        try withPointers(operands.weight, x, y, operands.bias, operands.residual) { weight, x, y, bias, residual in
            var whole = layout
            whole.weight = weight
            (whole.x, whole.y) = (x.read, y)
            (whole.bias, whole.residual) = (bias, residual?.read)
            try runBands(of: whole, in: context)
        }
    }

    private func runBands(of whole: dragon_winograd, in context: ComputeContext) throws {
        let table = context.kernels.functions
        let tileColumns = (Int(whole.width) + 3) / 4
        let outputRows = Int(table.products.winograd_rows)
        let tileRows = Int(whole.items) * ((Int(whole.height) + outputRows - 1) / outputRows)
        let bandRows = min(tileRows, max(1, Self.bandTiles / tileColumns))
        var band = whole
        band.vectors = bandRows * tileColumns <= Int(table.lanes) ? 1 : 2
        for first in stride(from: 0, to: tileRows, by: bandRows) {
            try context.checkCancellation()
            band.band_begin = Int32(first)
            band.band_end = Int32(min(tileRows, first + bandRows))
            try withUnsafePointer(to: band) { try run($0, table, in: context) }
        }
    }

    private func run(_ band: UnsafePointer<dragon_winograd>, _ table: dragon_kernel_table, in context: ComputeContext) throws {
        let input = try TensorStorage(count: table.products.winograd_input_floats(band), pool: context.pool)
        let (rows, depth) = (Int(band.pointee.out_channels), Int(table.products.word_depth))
        let tasks = context.threads * ((rows + Self.blockRows * context.threads - 1) / (Self.blockRows * context.threads))
        let tile = Int(table.tile_rows)
        let block = ((rows + tasks - 1) / tasks + tile - 1) / tile * tile
        let scratch = table.products.winograd_scratch(band, Int32(block))
        try withPointers(input) { input in
            try context.forEach((Int(band.pointee.in_channels) + depth - 1) / depth, scratch: scratch) { word, scratch in
                table.products.winograd_input(band, Int32(word), input, scratch)
            }
            try context.forEach((rows + block - 1) / block, scratch: scratch) { task, scratch in
                let end = min(rows, (task + 1) * block)
                table.products.winograd_output(band, Int32(task * block), Int32(end), input, scratch)
            }
        }
    }
}
