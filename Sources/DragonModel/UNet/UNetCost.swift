/// Operations of a 3×3 convolution as it is done here: Winograd's algorithm takes a third.
func convolution(_ channels: Int, _ out: Int, _ cells: Double) -> Double { 2 * 9 * Double(channels * out) * cells / 3 }

extension UNetConfiguration {
    /// Operations of one prediction for one picture.
    ///
    /// - Parameters:
    ///   - height: of the latent.
    ///   - width: of the latent.
    public func operations(height: Int, width: Int) -> Double {
        let cells = (0..<levels).map { Double((height >> $0) * (width >> $0)) }
        let first = blockOutChannels[0]
        var (sum, skips, channels) = (convolution(inChannels, first, cells[0]), [first], first)
        for level in 0..<levels {
            let out = blockOutChannels[level]
            for _ in 0..<layersPerBlock[level] {
                sum += layer(channels, level, downBlocks[level], cells[level])
                channels = out
                skips.append(out)
            }
            guard level + 1 < levels else { continue }
            sum += convolution(out, out, cells[level + 1])
            skips.append(out)
        }
        let last = levels - 1
        sum += 2 * residual(channels, channels, cells[last]) + transformer(last, cells[last])
        for (level, block) in zip((0..<levels).reversed(), upBlocks) {
            for _ in 0...layersPerBlock[level] {
                sum += layer(channels + (skips.popLast() ?? 0), level, block, cells[level])
                channels = blockOutChannels[level]
            }
            if level > 0 { sum += convolution(channels, channels, cells[level - 1]) }
        }
        return sum + convolution(channels, outChannels, cells[0])
    }

    private func layer(_ channels: Int, _ level: Int, _ block: Block, _ cells: Double) -> Double {
        residual(channels, blockOutChannels[level], cells) + (block == .crossAttention ? transformer(level, cells) : 0)
    }

    private func residual(_ channels: Int, _ out: Int, _ cells: Double) -> Double {
        let shortcut = channels == out ? 0 : 2 * Double(channels * out) * cells
        return convolution(channels, out, cells) + convolution(out, out, cells) + shortcut
    }

    /// A transformer's linear layers, and its attention to itself and to the text.
    private func transformer(_ level: Int, _ cells: Double) -> Double {
        let (width, tokens) = (Double(blockOutChannels[level]), 77.0)
        let square = 2 * width * width * cells
        let attention = 4 * width * cells * (cells + tokens)
        let text = 2 * 2 * Double(crossAttentionDim) * width * tokens
        return 2 * square + Double(transformerDepths[level]) * ((4 + 2 + 12) * square + attention + text)
    }
}
