import DragonTensor

/// A quick picture of a latent, one pixel a cell: colours as the linear function of a cell's channels that fits the source
/// picture best. It needs no decoder, and no constants of some model.
struct LatentPreview {
    /// For each colour a factor for each channel, then a constant.
    private let factors: [[Double]]

    /// - Parameters:
    ///   - latent: the picture's own.
    ///   - picture: of a multiple of the latent's sides.
    init(latent: LatentGrid, picture: WorkingPicture) {
        let (n, cells) = (latent.channels + 1, latent.height * latent.width)
        var normal = [[Double]](repeating: Array(repeating: 0, count: n), count: n)
        var right = [[Double]](repeating: Array(repeating: 0, count: n), count: 3)
        let colours = Self.means(of: picture, height: latent.height, width: latent.width)
        for cell in 0..<cells {
            let row = Self.row(latent, cell)
            for i in 0..<n {
                for j in 0..<n { normal[i][j] += row[i] * row[j] }
                for c in 0..<3 { right[c][i] += row[i] * Double(colours[c * cells + cell]) }
            }
        }
        // A flat picture tells nothing of most channels: they stay out.
        for i in 0..<n { normal[i][i] += 1e-4 * Double(cells) }
        factors = right.map { Self.solved(normal, $0) }
    }

    /// Of the latent's sides.
    func picture(of latent: LatentGrid) -> Job.Preview {
        let bytes = (0..<latent.height * latent.width).flatMap { cell -> [UInt8] in
            let row = Self.row(latent, cell)
            return factors.map { factors in
                Job.Preview.byte(zip(factors, row).reduce(0) { $0 + $1.0 * $1.1 })
            } + [255]
        }
        return Job.Preview(width: latent.width, height: latent.height, bytes: bytes)
    }

    private static func row(_ latent: LatentGrid, _ cell: Int) -> [Double] {
        let cells = latent.height * latent.width
        return (0..<latent.channels).map { Double(latent.values[$0 * cells + cell]) } + [1]
    }

    /// The picture's mean colours in each cell.
    private static func means(of picture: WorkingPicture, height: Int, width: Int) -> [Float] {
        let (down, across) = (picture.height / height, picture.width / width)
        var result = [Float](repeating: 0, count: 3 * height * width)
        for c in 0..<3 {
            for y in 0..<height * down {
                for x in 0..<width * across {
                    result[(c * height + y / down) * width + x / across] += picture.values[(c * picture.height + y) * picture.width + x]
                }
            }
        }
        return result.map { $0 / Float(down * across) }
    }

    /// Gauss and Jordan's elimination of a symmetric, positive definite system.
    private static func solved(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        var (a, b) = (matrix, right)
        for i in b.indices {
            let pivot = a[i][i]
            for j in b.indices { a[i][j] /= pivot }
            b[i] /= pivot
            for k in b.indices where k != i {
                let factor = a[k][i]
                for j in b.indices { a[k][j] -= factor * a[i][j] }
                b[k] -= factor * b[i]
            }
        }
        return b
    }
}
