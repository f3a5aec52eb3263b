import CKernels

extension Tensor {
    /// Channels of `self`, then channels of `other`, item by item.
    public func concatenatingChannels(_ other: Tensor, in context: ComputeContext) throws -> Tensor {
        try other.require(
            other.batch == batch && other.columns == columns, "concatenation", expected: [batch, other.channels] + shape.dropFirst(2))
        try context.checkCancellation()
        let result = try Tensor(uninitialized: [batch, channels + other.channels] + shape.dropFirst(2), in: context)
        let (own, others) = (itemCount, other.itemCount)
        withPointers(self, other, result) { first, second, out in
            context.forEach(batch * 2) { index in
                let item = index / 2
                let target = out + item * (own + others)
                if index % 2 == 0 {
                    target.update(from: first + item * own, count: own)
                } else {
                    (target + own).update(from: second + item * others, count: others)
                }
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
        withPointers(self, result) { source, target in
            context.forEach(batch * channels) { plane in
                for y in 0..<height {
                    let line = source + (plane * height + y) * width
                    let row = target + 4 * (plane * height + y) * width
                    for x in 0..<width {
                        row[2 * x] = line[x]
                        row[2 * x + 1] = line[x]
                    }
                    (row + 2 * width).update(from: row, count: 2 * width)
                }
            }
        }
        return result
    }

    /// Items `range` of the batch.
    public func items(_ range: Range<Int>, in context: ComputeContext) throws -> Tensor {
        try require(range.lowerBound >= 0 && range.upperBound <= batch, "items", expected: [range.upperBound] + shape.dropFirst())
        let result = try Tensor(uninitialized: [range.count] + shape.dropFirst(), in: context)
        withPointers(self, result) { $1.update(from: $0 + range.lowerBound * itemCount, count: result.count) }
        return result
    }

    /// Channels `range` of every item.
    public func channels(_ range: Range<Int>, in context: ComputeContext) throws -> Tensor {
        try require(range.lowerBound >= 0 && range.upperBound <= channels, "channels", expected: [batch, range.upperBound])
        let result = try Tensor(uninitialized: [batch, range.count] + shape.dropFirst(2), in: context)
        withPointers(self, result) { source, target in
            for item in 0..<batch {
                let first = source + item * itemCount + range.lowerBound * columns
                (target + item * result.itemCount).update(from: first, count: result.itemCount)
            }
        }
        return result
    }

    /// The items of several tensors of one shape, one after the other.
    public static func stacked(_ parts: [Tensor], in context: ComputeContext) throws -> Tensor {
        guard let first = parts.first else { throw TensorError.shapeMismatch(operation: "stacking", expected: [1], found: []) }
        let total = parts.reduce(0) { $0 + $1.batch }
        let result = try Tensor(uninitialized: [total] + first.shape.dropFirst(), in: context)
        var filled = 0
        for part in parts {
            try part.require(part.shape.dropFirst() == first.shape.dropFirst(), "stacking", expected: first.shape)
            withPointers(part, result) { ($1 + filled).update(from: $0, count: part.count) }
            filled += part.count
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
        withPointers(self, result) { picture, patches in
            context.forEach(batch * channels * side * side) { plane in
                let (dy, dx) = (plane / side % side, plane % side)
                let source = picture + plane / (side * side) * columns
                let target = patches + plane * height * width
                for y in 0..<height {
                    for x in 0..<width { target[y * width + x] = source[(y * side + dy) * shape[3] + x * side + dx] }
                }
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
        withPointers(self, result) { patches, picture in
            context.forEach(batch * channels) { plane in
                let (dy, dx) = (plane / side % side, plane % side)
                let channel = plane / (side * side)
                let target = picture + channel * result.columns
                let source = patches + plane * columns
                let shift = bias[channel % pictureChannels]
                for y in 0..<height {
                    for x in 0..<width { target[(y * side + dy) * width * side + x * side + dx] = source[y * width + x] + shift }
                }
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
        withPointers(self, result) { dy, dx in
            context.forEach(batch * channels) { plane in
                for y in 0..<height {
                    let upper = dy + (plane * 2 * height + 2 * y) * 2 * width
                    let lower = upper + 2 * width
                    let target = dx + (plane * height + y) * width
                    for x in 0..<width { target[x] = (upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]) }
                }
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
        withPointers(self, result) { source, target in
            context.forEach(batch * channels) { plane in
                for y in 0..<shape[2] {
                    let line = source + (plane * shape[2] + y) * shape[3]
                    let spread = target + (plane * height + 2 * y) * width
                    for x in 0..<shape[3] { spread[2 * x] = line[x] }
                }
            }
        }
        return result
    }

    /// Columns `indices` of every channel.
    public func columns(_ indices: [Int], in context: ComputeContext) throws -> Tensor {
        try require(indices.allSatisfy { $0 >= 0 && $0 < columns }, "columns", expected: [batch, channels, indices.count])
        let result = try Tensor(uninitialized: [batch, channels, indices.count], in: context)
        withPointers(self, result) { source, target in
            context.forEach(batch * channels) { row in
                let (line, chosen) = (source + row * columns, target + row * indices.count)
                for (position, index) in indices.enumerated() { chosen[position] = line[index] }
            }
        }
        return result
    }

    /// The same with columns `indices` of every channel replaced by those of `other`, in step.
    public func replacingColumns(_ indices: [Int], by other: Tensor, in context: ComputeContext) throws -> Tensor {
        try require(
            indices.allSatisfy { $0 >= 0 && $0 < columns } && other.columns == indices.count && other.batch == batch
                && other.channels == channels, "columns", expected: [batch, channels, indices.count])
        let result = try Tensor(uninitialized: shape, in: context)
        withPointers(self, other, result) { source, other, target in
            context.forEach(batch * channels) { row in
                let (line, changed) = (target + row * columns, other + row * indices.count)
                line.update(from: source + row * columns, count: columns)
                for (position, index) in indices.enumerated() { line[index] = changed[position] }
            }
        }
        return result
    }
}
