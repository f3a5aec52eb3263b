/// Brings what an action names from the photo to the working grid.
struct GridBuilder {
    let work: WorkBox
    let photo: Photo

    /// The action in the grid's pixels.
    ///
    /// - Parameter original: of a drag whose picture is warped already, the one before.
    func action(
        _ action: PhotoAction, _ geometry: PhotoGeometry, original: WorkingPicture? = nil
    ) throws -> EditRequest.Action {
        switch action {
        case .move(let object, let displacement, let resize, let fill):
            let placement = onGrid(geometry.placement ?? Placement(source: geometry.affected, displacement: displacement, resize: resize))
            return .move(
                object: onGrid(object),
                by: placement.published(pictureWidth: Double(work.gridWidth), pictureHeight: Double(work.gridHeight)),
                resize: resize, fill: fill.map(onGrid))
        case .drag(_, let handles, let targets):
            return .drag(
                region: onGrid(geometry.region), handles: handles.map(work.working), targets: targets.map(work.working), original: original)
        case .landmark(let handles, let targets):
            return .landmark(handles: handles.map(work.working), targets: targets.map(work.working), original: original)
        case .appearance(let object, let reference, let referenceObject):
            let other = WorkBox(
                affected: referenceObject.bounds ?? PixelBox(x: 0, y: 0, width: reference.width, height: reference.height),
                canvas: (reference.width, reference.height), margin: 32, gridLike: work)
            return .appearance(
                object: onGrid(object), reference: other.picture(of: reference.colours(in: other.box)),
                referenceObject: other.mask(referenceObject.cropped(to: other.box)))
        case .paste(let object, let reference, _, _):
            guard let placement = geometry.placement else { throw EditError.leavesPicture }
            return pasted(object, of: reference, placement, isLaid: false)
        }
    }

    /// An object of some photo laid onto the grid's picture: the reference is brought into place, so that nothing shifts.
    func pasted(_ object: Mask, of reference: Photo, _ placement: Placement, isLaid: Bool) -> EditRequest.Action {
        let (picture, mask) = aligned(reference, object, placement)
        return .paste(object: mask, reference: picture, offset: Point(x: 0, y: 0), isLaid: isLaid)
    }

    /// What the action empties, what it fills, and the object that it carries, on the work box.
    func regions(
        _ action: PhotoAction, _ geometry: PhotoGeometry
    ) -> (emptied: Mask, filled: Mask, carried: (colours: Raster, coverage: [Float])?) {
        let nothing = Mask(height: work.box.height, width: work.box.width)
        switch action {
        case .move(let object, _, _, _):
            let (filled, carried) = carried(from: photo, object, geometry)
            return (object.cropped(to: work.box), filled, carried)
        case .drag: return (geometry.region.cropped(to: work.box), nothing, nil)
        case .landmark: return (!nothing, nothing, nil)
        case .appearance(let object, _, _): return (object.cropped(to: work.box), nothing, nil)
        case .paste(let object, let reference, _, _):
            let (filled, carried) = carried(from: reference, object, geometry)
            return (nothing, filled, carried)
        }
    }

    private func onGrid(_ mask: Mask) -> Mask { work.mask(mask.cropped(to: work.box)) }

    private func onGrid(_ placement: Placement) -> Placement {
        let object = placement.source
        let corner = work.working(Point(x: Double(object.x), y: Double(object.y)))
        let size = (Double(object.width) / work.step, Double(object.height) / work.step)
        return Placement(
            source: PixelBox(
                x: Int(corner.x), y: Int(corner.y), width: max(1, Int(size.0.rounded())), height: max(1, Int(size.1.rounded()))),
            displacement: Point(x: placement.displacement.x / work.step, y: placement.displacement.y / work.step), resize: placement.resize)
    }

    /// The object at its new place: which pixels it takes, its colours, and how much of each pixel it covers.
    private func carried(
        from photo: Photo, _ object: Mask, _ geometry: PhotoGeometry
    ) -> (Mask, (colours: Raster, coverage: [Float])?) {
        let nothing = Mask(height: work.box.height, width: work.box.width)
        guard let placement = geometry.placement else { return (nothing, nil) }
        var shape = object.cropped(to: placement.source).coverage
        let pixels = photo.colours(in: placement.source)
        // What is transparent in the object stays so at its new place. A mask's soft edge is often that of the alpha already.
        if photo.hasAlpha, pixels.planes.count == 4 { shape = shape.map { min(shape.planes[$0][$1], pixels.planes[3][$1]) } }
        let colours = placement.moved(pixels, isLight: true)
        let coverage = placement.moved(shape, isLight: false)
        var (filled, all) = (nothing, Raster(width: work.box.width, height: work.box.height, planeCount: 4))
        let target = placement.target
        for y in 0..<target.height {
            for x in 0..<target.width where filled.contains(y + target.y - work.box.y, x + target.x - work.box.x) {
                let (from, to) = (y * target.width + x, (y + target.y - work.box.y) * filled.width + x + target.x - work.box.x)
                filled.cells[to] = coverage.planes[0][from] > 0.5
                for p in 0..<3 { all.planes[p][to] = colours.planes[p][from] }
                all.planes[3][to] = min(max(coverage.planes[0][from], 0), 1)
            }
        }
        return (filled, (Raster(width: all.width, height: all.height, planes: Array(all.planes[..<3])), softened(all.planes[3], all.width)))
    }

    /// Coverage with its edge spread over three pixels, so that no staircase stands against the new surroundings.
    private func softened(_ plane: [Float], _ width: Int) -> [Float] {
        let height = plane.count / max(width, 1)
        var across = plane
        for y in 0..<height {
            for x in 1..<max(1, width - 1) {
                let at = y * width + x
                across[at] = (plane[at - 1] + 6 * plane[at] + plane[at + 1]) / 8
            }
        }
        var result = across
        for y in 1..<max(1, height - 1) {
            for x in 0..<width {
                let at = y * width + x
                result[at] = (across[at - width] + 6 * across[at] + across[at + width]) / 8
            }
        }
        return result
    }

    /// The reference on the grid, laid so that its object is where it is to be pasted.
    private func aligned(_ reference: Photo, _ object: Mask, _ placement: Placement) -> (WorkingPicture, Mask) {
        let step = work.step / placement.resize
        // The point of the reference under the work box's upper left corner.
        let centre = (
            x: Double(placement.source.x) + Double(placement.source.width) / 2,
            y: Double(placement.source.y) + Double(placement.source.height) / 2
        )
        let corner = (
            x: centre.x + (Double(work.box.x) - centre.x - placement.displacement.x) / placement.resize,
            y: centre.y + (Double(work.box.y) - centre.y - placement.displacement.y) / placement.resize
        )
        let box = PixelBox(
            x: Int(corner.x.rounded(.down)) - 4, y: Int(corner.y.rounded(.down)) - 4, width: Int(Double(work.gridWidth) * step) + 9,
            height: Int(Double(work.gridHeight) * step) + 9)
        let origin = (x: corner.x - Double(box.x), y: corner.y - Double(box.y))
        let colours = reference.colours(in: box).resampled(
            origin: origin, step: step, width: work.gridWidth, height: work.gridHeight, isLight: true)
        let shape = object.cropped(to: box).coverage.resampled(
            origin: origin, step: step, width: work.gridWidth, height: work.gridHeight, isLight: false)
        return (WorkingPicture(colours), shape.mask)
    }
}

extension WorkBox {
    /// A box of another picture that fills the same grid.
    init(affected: PixelBox, canvas: (width: Int, height: Int), margin: Int, gridLike other: WorkBox) {
        let wanted = affected.grown(by: margin).clipped(to: PixelBox(x: 0, y: 0, width: canvas.width, height: canvas.height))
        let step = max(Double(wanted.width) / Double(other.gridWidth), Double(wanted.height) / Double(other.gridHeight))
        let size = (Int((Double(other.gridWidth) * step).rounded()), Int((Double(other.gridHeight) * step).rounded()))
        self.init(
            box: PixelBox(
                x: wanted.x + (wanted.width - size.0) / 2, y: wanted.y + (wanted.height - size.1) / 2, width: size.0, height: size.1),
            gridWidth: other.gridWidth, gridHeight: other.gridHeight, step: step)
    }

    /// Colours of the box on the grid.
    func picture(of colours: Raster) -> WorkingPicture {
        guard step != 1 else { return WorkingPicture(colours) }
        return WorkingPicture(
            colours.resampled(origin: (0, 0), step: step, width: gridWidth, height: gridHeight, isLight: true))
    }

    /// A mask of the box on the grid, never empty where it was not.
    func mask(_ mask: Mask) -> Mask {
        guard step != 1 else { return mask }
        var result = mask.coverage.resampled(origin: (0, 0), step: step, width: gridWidth, height: gridHeight, isLight: false).mask
        if result.count == 0, let bounds = mask.bounds {
            let (y, x) = (
                Int((Double(bounds.y) + Double(bounds.height) / 2) / step), Int((Double(bounds.x) + Double(bounds.width) / 2) / step)
            )
            result[min(y, gridHeight - 1), min(x, gridWidth - 1)] = true
        }
        return result
    }

    private init(box: PixelBox, gridWidth: Int, gridHeight: Int, step: Double) {
        (self.box, self.gridWidth, self.gridHeight, self.step) = (box, gridWidth, gridHeight, step)
    }
}

extension Raster {
    /// Where the first plane is above one half.
    var mask: Mask { Mask(height: height, width: width, cells: planes[0].map { $0 > 0.5 }) }
}

extension WorkingPicture {
    /// Colours as the networks take them, which know none beyond 0 … 1.
    init(_ colours: Raster) {
        self.init(
            height: colours.height, width: colours.width,
            values: colours.planes.prefix(3).flatMap { $0.map { min(max($0, 0), 1) * 2 - 1 } })
    }
}
