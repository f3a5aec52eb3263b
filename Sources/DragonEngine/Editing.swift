import CDragon
import DragonEdit
import DragonModel
import DragonPhoto
import DragonTensor

extension Model {
    /// Reads a request.
    private func read(_ pointer: UnsafePointer<dragon_request>?) throws -> (request: Request, loaded: Loaded) {
        let loaded = try loaded()
        return (try Request(pointer, defaults: loaded.files.defaults, side: loaded.files.workingSide), loaded)
    }

    /// What an edit would take.
    func estimate(_ pointer: UnsafePointer<dragon_request>?) throws -> dragon_estimate {
        let (request, loaded) = try read(pointer)
        let need = try request.edit.need(on: loaded.diffusion)
        var estimate = dragon_estimate()
        (estimate.box_x, estimate.box_y) = (Int32(clamping: need.box.x), Int32(clamping: need.box.y))
        (estimate.box_width, estimate.box_height) = (Int32(clamping: need.box.width), Int32(clamping: need.box.height))
        (estimate.grid_width, estimate.grid_height) = (Int32(clamping: need.grid.width), Int32(clamping: need.grid.height))
        estimate.memory = UInt64(clamping: need.memory + loaded.info.bytes)
        return estimate
    }

    /// Runs an edit.
    func run(_ pointer: UnsafePointer<dragon_request>?) throws -> EditResult {
        let asked = try dragon_request(from: pointer)
        let report = ProgressReport(asked.progress, asked.user_data)
        return try exclusively(report.job()) { context in
            let (request, loaded) = try read(pointer)
            var options = EditOptions()
            options.wantsPreviews = report.isHeard
            let prompts = try request.prompts(for: loaded.diffusion)
            let precise = ComputeContext(context, precision: request.edit.settings.precision)
            return EditResult(try request.edit.run(loaded.diffusion, prompts: prompts, options: options, reusing: cache, in: precise))
        }
    }
}

extension Model {
    /// Runs an edit on all frames of an animation.
    func run(frames pointers: [UnsafePointer<dragon_request>?]) throws -> [EditResult] {
        let first = try dragon_request(from: pointers[0])
        let report = ProgressReport(first.progress, first.user_data)
        return try exclusively(report.job()) { context in
            let requests = try pointers.map { try read($0) }
            let (request, loaded) = requests[0]
            let prompts = try request.prompts(for: loaded.diffusion)
            let edit = try AnimationEdit(requests.map(\.request.edit))
            let precise = ComputeContext(context, precision: request.edit.settings.precision)
            return try edit.run(loaded.diffusion, prompts: prompts, in: precise).map { EditResult($0) }
        }
    }
}

/// What an edit gave: a layer in memory of its own.
final class EditResult: Sendable {
    private let layer: EditLayer

    init(_ layer: EditLayer) { self.layer = layer }

    var info: dragon_result_info {
        var info = dragon_result_info()
        (info.x, info.y) = (Int32(clamping: layer.box.x), Int32(clamping: layer.box.y))
        (info.width, info.height) = (Int32(clamping: layer.box.width), Int32(clamping: layer.box.height))
        info.made_pixels = UInt64(clamping: layer.madePixels)
        return info
    }

    /// Copies the colours, and alpha where the picture had it.
    func copyPixels(_ format: dragon_pixel_format, to pixels: UnsafeMutableRawPointer?, stride: Int64) throws {
        let format = try PixelFormat(checking: format)
        let planes = layer.colours.planes
        for channel in 0..<4 {
            try copyRows(to: pixels, stride: stride, pixelSize: format.size, of: planes.indices.contains(channel) ? planes[channel] : nil) {
                format.store($1, $0, channel)
            }
        }
    }

    /// Copies the mask as bytes.
    func copyMask(to pixels: UnsafeMutablePointer<UInt8>?, stride: Int64) throws {
        try copyBytes(of: layer.coverage, to: pixels, stride: stride)
    }

    /// Copies how far the edit reaches.
    func copyExtent(to pixels: UnsafeMutablePointer<UInt8>?, stride: Int64) throws {
        try copyBytes(of: layer.extent, to: pixels, stride: stride)
    }

    private func copyBytes(of shares: [Float], to pixels: UnsafeMutablePointer<UInt8>?, stride: Int64) throws {
        try copyRows(to: UnsafeMutableRawPointer(pixels), stride: stride, pixelSize: 1, of: shares) {
            $0.storeBytes(of: UInt8((min(max($1, 0), 1) * 255).rounded()), as: UInt8.self)
        }
    }

    /// One of the layers that the result is made of; nil where it is one.
    func part(_ part: dragon_part) throws -> EditResult? {
        let index = Int(part)
        guard (0...Int(DRAGON_PART_OBJECT)).contains(index) else {
            throw Failure.badInput("there is no part \(part) of a result: ask for the ground or the object")
        }
        return layer.parts.indices.contains(index) ? EditResult(layer.parts[index]) : nil
    }

    /// Copies the mask as floats.
    func copyMask(to pixels: UnsafeMutablePointer<Float>?, stride: Int64) throws {
        try copyRows(to: UnsafeMutableRawPointer(pixels), stride: stride, pixelSize: 4, of: layer.coverage) {
            $0.storeBytes(of: min(max($1, 0), 1), as: Float.self)
        }
    }

    /// Calls `body` with every pixel of the caller's and its sample of a plane; 1 where there is no plane.
    @inline(__always)
    private func copyRows(
        to pixels: UnsafeMutableRawPointer?, stride: Int64, pixelSize: Int, of plane: [Float]?,
        _ body: (UnsafeMutableRawPointer, Float) -> Void
    ) throws {
        let pixels = try present(pixels, "the buffer")
        let (width, height) = (layer.box.width, layer.box.height)
        let rows = try Rows("the buffer", width: width, height: height, stride: stride, pixelSize: pixelSize)
        guard let plane else {
            for y in 0..<height { for x in 0..<width { body(pixels + y * rows.stride + x * pixelSize, 1) } }
            return
        }
        plane.withUnsafeBufferPointer { samples in
            for y in 0..<height {
                for x in 0..<width { body(pixels + y * rows.stride + x * pixelSize, samples[y * width + x]) }
            }
        }
    }
}
