import DragonImage
import DragonModel
import DragonPhoto

extension Picture {
    /// A sample as 0 … 1.
    func sample(_ index: Int) -> Float {
        switch samples {
        case .eight(let bytes): Float(bytes[index]) / 255
        case .sixteen(let words): Float(words[index]) / 65535
        }
    }

    /// The picture as edits read it.
    var source: PictureSource {
        let channels = hasAlpha ? 4 : 3
        return PictureSource(width: width, height: height, hasAlpha: hasAlpha) { box in
            var planes = Array(repeating: [Float](repeating: 0, count: box.width * box.height), count: channels)
            for y in 0..<box.height {
                let row = min(max(y + box.y, 0), height - 1) * width
                for x in 0..<box.width {
                    let pixel = (row + min(max(x + box.x, 0), width - 1)) * 4
                    for c in 0..<channels { planes[c][y * box.width + x] = sample(pixel + c) }
                }
            }
            return Raster(width: box.width, height: box.height, planes: planes)
        }
    }

    /// The picture as a mask: what is bright and opaque belongs, what is grey or half transparent in part.
    var mask: Mask {
        Mask(
            height: height, width: width,
            shares: (0..<width * height).map { pixel in
                let light = (sample(pixel * 4) + sample(pixel * 4 + 1) + sample(pixel * 4 + 2)) / 3
                return UInt8((light * sample(pixel * 4 + 3) * 255).rounded())
            })
    }

    /// The picture under an edit's layer; pixels that it does not cover stay as they are, bit for bit.
    func covered(by layer: EditLayer) -> Picture {
        switch samples {
        case .eight(let bytes): Picture(width: width, height: height, hasAlpha: hasAlpha, samples: .eight(blended(bytes, layer, 255)))
        case .sixteen(let words): Picture(width: width, height: height, hasAlpha: hasAlpha, samples: .sixteen(blended(words, layer, 65535)))
        }
    }

    private func blended<Sample: FixedWidthInteger>(_ samples: [Sample], _ layer: EditLayer, _ most: Float) -> [Sample] {
        var result = samples
        for y in 0..<layer.box.height {
            for x in 0..<layer.box.width {
                let from = y * layer.box.width + x
                let share = layer.coverage[from]
                guard share > 0 else { continue }
                let pixel = ((y + layer.box.y) * width + x + layer.box.x) * 4
                for c in layer.colours.planes.indices {
                    let old = Float(samples[pixel + c])
                    let value = old + share * (layer.colours.planes[c][from] * most - old)
                    result[pixel + c] = Sample(min(max(value.rounded(), 0), most))
                }
            }
        }
        return result
    }
}
