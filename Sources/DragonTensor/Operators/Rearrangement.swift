import CKernels

extension Tensor {
    /// Channels of `self`, then channels of `other`, item by item.
    public func concatenatingChannels(_ other: Tensor, in context: ComputeContext) throws -> Tensor {
        try other.require(
            other.batch == batch && other.columns == columns, "concatenation", expected: [batch, other.channels] + shape.dropFirst(2))
        try context.checkCancellation()
        let result = try Tensor(uninitialized: [batch, channels + other.channels] + shape.dropFirst(2), in: context)
        context.forEach(batch * 2) { index in
            let item = index / 2
            let target = result.pointer + item * result.itemCount
            if index % 2 == 0 {
                target.update(from: pointer + item * itemCount, count: itemCount)
            } else {
                (target + itemCount).update(from: other.pointer + item * other.itemCount, count: other.itemCount)
            }
        }
        return result
    }

    /// Twice the height and width, each pixel repeated.
    public func upsampledNearest(in context: ComputeContext) throws -> Tensor {
        try require(shape.count == 4, "upsampling", expected: [batch, channels, 1, 1])
        try context.checkCancellation()
        let (height, width) = (shape[2], shape[3])
        let result = try Tensor(uninitialized: [batch, channels, 2 * height, 2 * width], in: context)
        context.forEach(batch * channels) { plane in
            let source = pointer + plane * height * width
            let target = result.pointer + plane * 4 * height * width
            for y in 0..<height {
                let row = target + 4 * y * width
                for x in 0..<width {
                    let value = source[y * width + x]
                    row[2 * x] = value
                    row[2 * x + 1] = value
                }
                (row + 2 * width).update(from: row, count: 2 * width)
            }
        }
        return result
    }

    /// Items `range` of the batch.
    public func items(_ range: Range<Int>, in context: ComputeContext) throws -> Tensor {
        try require(range.lowerBound >= 0 && range.upperBound <= batch, "items", expected: [range.upperBound] + shape.dropFirst())
        let result = try Tensor(uninitialized: [range.count] + shape.dropFirst(), in: context)
        result.pointer.update(from: pointer + range.lowerBound * itemCount, count: result.count)
        return result
    }

    /// Channels `range` of every item.
    public func channels(_ range: Range<Int>, in context: ComputeContext) throws -> Tensor {
        try require(range.lowerBound >= 0 && range.upperBound <= channels, "channels", expected: [batch, range.upperBound])
        let result = try Tensor(uninitialized: [batch, range.count] + shape.dropFirst(2), in: context)
        for item in 0..<batch {
            (result.pointer + item * result.itemCount).update(
                from: pointer + item * itemCount + range.lowerBound * columns, count: result.itemCount)
        }
        return result
    }

    /// The items of several tensors of one shape, one after the other.
    public static func stacked(_ parts: [Tensor], in context: ComputeContext) throws -> Tensor {
        guard let first = parts.first else { throw TensorError.shapeMismatch(operation: "stacking", expected: [1], found: []) }
        let total = parts.reduce(0) { $0 + $1.batch }
        let result = try Tensor(uninitialized: [total] + first.shape.dropFirst(), in: context)
        var target = result.pointer
        for part in parts {
            try part.require(part.shape.dropFirst() == first.shape.dropFirst(), "stacking", expected: first.shape)
            target.update(from: part.pointer, count: part.count)
            target += part.count
        }
        return result
    }
}

// MARK: - Pictures and patches

extension Tensor {
    /// Cuts a picture `[batch, channels, height, width]` into patches that do not overlap:
    /// `[batch, channels·side², height / side, width / side]`, the order within a patch being channel, row, column.
    public func patches(side: Int, in context: ComputeContext) throws -> Tensor {
        try require(shape.count == 4 && shape[2] % side == 0 && shape[3] % side == 0, "patches", expected: [batch, channels, side, side])
        let (height, width) = (shape[2] / side, shape[3] / side)
        let result = try Tensor(uninitialized: [batch, channels * side * side, height, width], in: context)
        context.forEach(batch * channels * side * side) { plane in
            let (dy, dx) = (plane / side % side, plane % side)
            let source = pointer + plane / (side * side) * columns
            let target = result.pointer + plane * height * width
            for y in 0..<height {
                for x in 0..<width { target[y * width + x] = source[(y * side + dy) * shape[3] + x * side + dx] }
            }
        }
        return result
    }

    /// The inverse of ``patches(side:in:)``, adding `bias` to each channel.
    public func picture(side: Int, channels pictureChannels: Int, bias: [Float], in context: ComputeContext) throws -> Tensor {
        try require(
            shape.count == 4 && channels == pictureChannels * side * side && bias.count == pictureChannels, "picture",
            expected: [batch, pictureChannels * side * side] + shape.dropFirst(2))
        let (height, width) = (shape[2], shape[3])
        let result = try Tensor(uninitialized: [batch, pictureChannels, height * side, width * side], in: context)
        context.forEach(batch * channels) { plane in
            let (dy, dx) = (plane / side % side, plane % side)
            let channel = plane / (side * side)
            let target = result.pointer + channel * result.columns
            let source = pointer + plane * columns
            let shift = bias[channel % pictureChannels]
            for y in 0..<height {
                for x in 0..<width { target[(y * side + dy) * width * side + x * side + dx] = source[y * width + x] + shift }
            }
        }
        return result
    }
}

// MARK: - Pullbacks

extension Tensor {
    /// The pullback of ``upsampledNearest(in:)``: sums of 2×2 pixels. `self` is dy.
    public func upsampledNearestInputGradient(in context: ComputeContext) throws -> Tensor {
        try require(shape.count == 4 && shape[2] % 2 == 0 && shape[3] % 2 == 0, "upsampling pullback", expected: [batch, channels, 2, 2])
        try context.checkCancellation()
        let (height, width) = (shape[2] / 2, shape[3] / 2)
        let result = try Tensor(uninitialized: [batch, channels, height, width], in: context)
        context.forEach(batch * channels) { plane in
            for y in 0..<height {
                let upper = pointer + (plane * 2 * height + 2 * y) * 2 * width
                let lower = upper + 2 * width
                let target = result.pointer + (plane * height + y) * width
                for x in 0..<width { target[x] = (upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]) }
            }
        }
        return result
    }

    /// `self` on a grid of the given sides, its pixels two apart from (0, 0) on, zeros between: with it the pullback of a
    /// convolution of stride 2 is one of stride 1.
    public func insertingZeros(height: Int, width: Int, in context: ComputeContext) throws -> Tensor {
        try require(
            shape.count == 4 && height >= 2 * shape[2] - 1 && width >= 2 * shape[3] - 1, "spreading",
            expected: [batch, channels, height, width])
        try context.checkCancellation()
        let result = try Tensor(repeating: 0, shape: [batch, channels, height, width], in: context)
        context.forEach(batch * channels) { plane in
            for y in 0..<shape[2] {
                let source = pointer + (plane * shape[2] + y) * shape[3]
                let target = result.pointer + (plane * height + 2 * y) * width
                for x in 0..<shape[3] { target[2 * x] = source[x] }
            }
        }
        return result
    }

    /// Columns `indices` of every channel.
    public func columns(_ indices: [Int], in context: ComputeContext) throws -> Tensor {
        try require(indices.allSatisfy { $0 >= 0 && $0 < columns }, "columns", expected: [batch, channels, indices.count])
        let result = try Tensor(uninitialized: [batch, channels, indices.count], in: context)
        context.forEach(batch * channels) { row in
            let (source, target) = (pointer + row * columns, result.pointer + row * indices.count)
            for (position, index) in indices.enumerated() { target[position] = source[index] }
        }
        return result
    }
}
