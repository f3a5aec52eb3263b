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

    /// The picture as edits read it: in sRGB.
    var source: PictureSource {
        PictureSource(width: width, height: height, hasAlpha: hasAlpha) { seen(in: $0) }
    }

    /// What lies in a box, in sRGB; beyond the picture its border repeats.
    func seen(in box: PixelBox) -> Raster {
        let channels = hasAlpha ? 4 : 3
        var planes = Array(repeating: [Float](repeating: 0, count: box.width * box.height), count: channels)
        for y in 0..<box.height {
            let row = min(max(y + box.y, 0), height - 1) * width
            for x in 0..<box.width {
                let pixel = (row + min(max(x + box.x, 0), width - 1)) * 4
                for c in 0..<channels { planes[c][y * box.width + x] = sample(pixel + c) }
            }
        }
        details.profile?.convertToSRGB(&planes)
        return Raster(width: box.width, height: box.height, planes: planes)
    }

    /// The picture under an edit's layer; pixels that it does not cover stay as they are, bit for bit.
    func covered(by layer: EditLayer) -> Picture {
        var planes = layer.colours.planes
        details.profile?.convertFromSRGB(&planes)
        return switch samples {
        case .eight(let bytes): with(.eight(blended(bytes, layer, planes, 255)))
        case .sixteen(let words): with(.sixteen(blended(words, layer, planes, 65535)))
        }
    }

    private func blended<Sample: FixedWidthInteger>(
        _ samples: [Sample], _ layer: EditLayer, _ planes: [[Float]], _ most: Float
    ) -> [Sample] {
        var result = samples
        for y in 0..<layer.box.height {
            for x in 0..<layer.box.width {
                let from = y * layer.box.width + x
                let share = layer.coverage[from]
                guard share > 0 else { continue }
                let pixel = ((y + layer.box.y) * width + x + layer.box.x) * 4
                for c in planes.indices {
                    let old = Float(samples[pixel + c])
                    let value = old + share * (planes[c][from] * most - old)
                    result[pixel + c] = Sample(min(max(value.rounded(), 0), most))
                }
            }
        }
        return result
    }
}
