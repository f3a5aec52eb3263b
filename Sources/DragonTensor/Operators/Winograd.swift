import CKernels

/// A 3×3 convolution of stride 1 by minimal filtering F(4×4, 3×3), cut into bands of tiles and blocks of channels.
struct Winograd {
    /// Tiles that are worked on together: enough that transforming the filters is a small share of the work.
    private static let bandTiles = 512
    /// Output channels of a task at most: a block's filters and products should stay in the second-level cache.
    private static let blockRows = 70

    private var parameters: dragon_winograd
    private let operands: (Weight, Tensor, Tensor, Tensor?, Vector?)

    /// Whether it is faster than the direct sum: below a vector of tiles, or with few channels, it is not.
    static func pays(_ x: Tensor, _ y: Tensor) -> Bool {
        let tiles = x.batch * ((x.shape[2] + 3) / 4) * ((x.shape[3] + 3) / 4)
        return tiles >= 12 && x.channels >= 16 && y.channels >= 16
    }

    init(
        _ weight: Weight, pullback: Bool, from x: Tensor, to y: Tensor, bias: Vector?, residual: Tensor?, in context: ComputeContext
    ) {
        operands = (weight, x, y, residual, bias)
        parameters = dragon_winograd()
        parameters.weight = weight.pointer
        parameters.weight_type = weight.elementType.rawValue
        parameters.flip = pullback ? 1 : 0
        parameters.w_out = pullback ? 9 : weight.shape[1] * 9
        parameters.w_in = pullback ? weight.shape[1] * 9 : 9
        parameters.x = UnsafePointer(x.pointer)
        parameters.y = y.pointer
        parameters.x_item = x.itemCount
        parameters.y_item = y.itemCount
        parameters.bias = bias?.pointer
        parameters.residual = residual.map { UnsafePointer($0.pointer) }
        parameters.in_channels = Int32(x.channels)
        parameters.out_channels = Int32(y.channels)
        parameters.items = Int32(x.batch)
        parameters.height = Int32(x.shape[2])
        parameters.width = Int32(x.shape[3])
    }

    func run(in context: ComputeContext) throws {
        let pixels = Int(parameters.items) * Int(parameters.height) * Int(parameters.width)
        context.count(operations: 18 * Int(parameters.in_channels) * Int(parameters.out_channels) * pixels)
        let table = context.kernels.functions.pointee
        let tileColumns = (Int(parameters.width) + 3) / 4
        let tileRows = Int(parameters.items) * ((Int(parameters.height) + 3) / 4)
        let bandRows = min(tileRows, max(1, Self.bandTiles / tileColumns))
        var band = parameters
        band.vectors = bandRows * tileColumns <= Int(table.lanes) ? 1 : 2
        for first in stride(from: 0, to: tileRows, by: bandRows) {
            try context.checkCancellation()
            band.band_begin = Int32(first)
            band.band_end = Int32(min(tileRows, first + bandRows))
            try withUnsafePointer(to: band) { try run($0, table, in: context) }
        }
        withExtendedLifetime(operands) {}
    }

    private func run(_ band: UnsafePointer<dragon_winograd>, _ table: dragon_kernel_table, in context: ComputeContext) throws {
        let input = try TensorStorage(count: table.winograd_input_floats(band), pool: context.pool)
        let rows = Int(band.pointee.out_channels)
        let tasks = context.threads * ((rows + Self.blockRows * context.threads - 1) / (Self.blockRows * context.threads))
        let tile = Int(table.tile_rows)
        let block = ((rows + tasks - 1) / tasks + tile - 1) / tile * tile
        let scratch = table.winograd_scratch(band, Int32(block))
        try context.forEach(Int(band.pointee.in_channels), scratch: scratch) { channel, scratch in
            table.winograd_input(band, Int32(channel), input.pointer, scratch)
        }
        try context.forEach((rows + block - 1) / block, scratch: scratch) { task, scratch in
            let end = min(rows, (task + 1) * block)
            table.winograd_output(band, Int32(task * block), Int32(end), input.pointer, scratch)
        }
    }
}
