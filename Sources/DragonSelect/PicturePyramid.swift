import DragonImage

/// Colours of 8 bits, row by row: red, green, blue, and one unused.
struct ColourGrid: Sendable {
    let width: Int
    let height: Int
    var pixels: [SIMD4<UInt8>]

    /// At half the size: each pixel is the mean of four. What an odd side leaves over counts twice.
    var halved: ColourGrid {
        let (newWidth, newHeight) = ((width + 1) / 2, (height + 1) / 2)
        let result = [SIMD4<UInt8>](unsafeUninitializedCapacity: newWidth * newHeight) { result, count in
            for y in 0..<newHeight {
                let (above, below) = (y * 2 * width, min(y * 2 + 1, height - 1) * width)
                for x in 0..<newWidth {
                    let (left, right) = (x * 2, min(x * 2 + 1, width - 1))
                    var sum = SIMD4<UInt16>(repeating: 2)
                    sum &+= SIMD4(truncatingIfNeeded: pixels[above + left]) &+ SIMD4(truncatingIfNeeded: pixels[above + right])
                    sum &+= SIMD4(truncatingIfNeeded: pixels[below + left]) &+ SIMD4(truncatingIfNeeded: pixels[below + right])
                    result[y * newWidth + x] = SIMD4(truncatingIfNeeded: sum &>> 2)
                }
            }
            count = newWidth * newHeight
        }
        return ColourGrid(width: newWidth, height: newHeight, pixels: result)
    }

    /// Its colours as a picture, 0 … 1.
    var source: PictureSource {
        PictureSource(width: width, height: height) { box in
            let pixels = (0..<box.width * box.height).map { at -> SIMD4<UInt8> in
                let (x, y) = (min(max(at % box.width + box.x, 0), width - 1), min(max(at / box.width + box.y, 0), height - 1))
                return self.pixels[y * width + x]
            }
            return Raster(width: box.width, height: box.height, planes: (0..<3).map { c in pixels.map { Float($0[c]) / 255 } })
        }
    }

    /// The colours in a box that lies in the grid, 0 … 255.
    func field(in box: PixelBox) -> ColourField {
        var colours: [SIMD3<Float>] = []
        colours.reserveCapacity(box.width * box.height)
        for y in box.y..<box.endY {
            for pixel in pixels[y * width + box.x..<y * width + box.endX] {
                colours.append(SIMD3(Float(pixel.x), Float(pixel.y), Float(pixel.z)))
            }
        }
        return ColourField(width: box.width, height: box.height, colours: colours)
    }
}

/// Colours to reckon with, 0 … 255, row by row.
struct ColourField: Sendable {
    let width: Int
    let height: Int
    let colours: [SIMD3<Float>]

    /// Where a cell lies, of the field's mean side.
    @inline(__always)
    func place(of cell: Int) -> SIMD2<Float> {
        SIMD2(Float(cell % width), Float(cell / width)) / Float(width * height).squareRoot()
    }
}

/// A picture at its own size and halved, again and again: an object is found in the small and followed into the large.
struct PicturePyramid: Sendable {
    /// The first is the picture; each next one has half the side.
    let levels: [ColourGrid]

    /// Sides that the smallest level has at most: on it the whole picture is searched.
    static let smallestSide = 160

    init(_ picture: PictureSource) {
        var levels = [Self.bytes(of: picture)]
        while let last = levels.last, max(last.width, last.height) > Self.smallestSide { levels.append(last.halved) }
        self.levels = levels
    }

    var size: PixelSize { PixelSize(width: levels[0].width, height: levels[0].height) }

    /// The finest level on which a box of the picture has a long side of at most `side` cells; the smallest, where none has.
    func level(showing box: PixelBox, within side: Int) -> Int {
        (0..<levels.count).first { max(box.width, box.height) >> $0 <= side } ?? levels.count - 1
    }

    @inline(__always)
    private static func byte(_ sample: Float) -> UInt8 { UInt8(min(max(sample, 0), 1) * 255 + 0.5) }

    /// Read by bands: what lies beyond the screen's colours is cut.
    private static func bytes(of picture: PictureSource) -> ColourGrid {
        let (width, rows) = (picture.width, 64)
        var pixels: [SIMD4<UInt8>] = []
        pixels.reserveCapacity(width * picture.height)
        for y in stride(from: 0, to: picture.height, by: rows) {
            let planes = picture.colours(in: PixelBox(x: 0, y: y, width: width, height: min(rows, picture.height - y))).planes
            for at in planes[0].indices {
                pixels.append(SIMD4(byte(planes[0][at]), byte(planes[1][at]), byte(planes[2][at]), 0))
            }
        }
        return ColourGrid(width: width, height: picture.height, pixels: pixels)
    }
}
