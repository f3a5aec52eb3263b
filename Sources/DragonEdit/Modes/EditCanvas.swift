import DragonImage

/// How a hole is filled.
package enum HoleFilling: Sendable {
    /// Not at all: where no pixel is looked at.
    case none
    /// Smoothly, at once.
    case smooth
    /// With the texture around it, which takes a while; the seed chooses among textures that fit.
    case texture(seed: UInt64)
    /// As it is known to look: the whole picture without its object.
    case known(Raster)
}

/// What a mode composes on: the part of a picture that is worked on.
public struct EditCanvas: Sendable {
    /// The whole picture.
    package let picture: PictureSource
    /// What the edit touches of it.
    package let footprint: Footprint
    /// The part that is worked on, and its grid.
    package let grid: WorkGrid
    /// How far changes reach.
    package let margins: BlendMargins
    /// Whether the picture's own pixels are moved, filled and warped.
    package let usesPlate: Bool
    /// How what is vacated is filled.
    package let filling: HoleFilling
    /// The picture's colours in the part.
    package let colours: Raster

    package init(
        _ picture: PictureSource, _ footprint: Footprint, grid: WorkGrid, margins: BlendMargins, usesPlate: Bool, filling: HoleFilling
    ) {
        (self.picture, self.footprint, self.grid, self.margins) = (picture, footprint, grid, margins)
        (self.usesPlate, self.filling) = (usesPlate, filling)
        colours = picture.colours(in: grid.box)
    }

    /// The part of the picture.
    package var box: PixelBox { grid.box }
    /// Nothing of it.
    package var nothing: Mask { Mask(height: box.height, width: box.width) }
    /// The part as it is.
    package var unchanged: Composition {
        let none = [Float](repeating: 0, count: box.width * box.height)
        return Composition(base: colours, isPrepared: true, replaced: none, made: none)
    }

    /// How much of each pixel a change of what is emptied reaches.
    package func reach(of emptied: Mask) -> [Float] { emptied.ramp(inner: margins.grow, outer: margins.grow + margins.feather) }

    /// How much of each pixel the network makes at the contact of what is laid with its surroundings.
    package func contact(of occupied: Mask) -> [Float] { occupied.ramp(inner: 0, outer: margins.feather / 2) }

    /// How much of each pixel texture fills where something is emptied; empty where nothing is invented.
    package func hole(of emptied: Mask) -> [Float] {
        guard case .texture = filling else { return [] }
        return reach(of: emptied.touched)
    }

    /// The part with a place filled from around it.
    ///
    /// - Parameter emptied: of the part's size; of what it holds in part, a part stays.
    package func plate(without emptied: Mask) throws -> Raster {
        if case .none = filling { return colours }
        if case .known(let ground) = filling { return ground.repeated(to: box) }
        let hole = Hole(emptied.touched, reach: margins.grow)
        try Cancellation.check()
        var plate = colours.filled(hole)
        try Cancellation.check()
        if case .texture(let seed) = filling {
            plate = try TextureFill(colours, smooth: plate, hole: hole, seed: seed).run()
        }
        guard emptied.isSoft else { return plate }
        let (inner, outer) = (hole.reach + 1, hole.reach + 1 + Float(margins.feather))
        let fringe = DistanceField(to: emptied, reach: outer).ramp(inner: inner, outer: outer)
        let shares = zip(emptied.coverage.planes[0], fringe).map(max)
        return colours.map { p, i in colours.planes[p][i] + shares[i] * (plate.planes[p][i] - colours.planes[p][i]) }
    }

    /// The part without an object of the picture: its old place is filled, and the object laid at its new one, where it has one.
    ///
    /// - Parameter shadow: what it casts on its ground, which goes along.
    package func vacated(of object: Mask, shadow: Mask? = nil) throws -> Composition {
        let vacated = object.cropped(to: box)
        guard usesPlate else {
            let (carried, reach) = (try carried(object, of: picture), reach(of: vacated))
            return Composition(
                base: colours, isPrepared: false, carried: carried, replaced: reach,
                made: zip(reach, contact(of: carried?.occupied ?? nothing)).map(max))
        }
        let (base, replaced) = try ground(without: vacated, shadow: shadow?.cropped(to: box))
        let carried = try carried(object, of: picture, onto: base)
        return Composition(
            base: base, isPrepared: true, carried: carried, replaced: replaced, made: contact(of: carried?.occupied ?? nothing),
            filled: vacated.touched.count, hole: hole(of: vacated))
    }

    /// The part without an object and what it casts, which falls at its new place, and how much of each pixel that reaches.
    private func ground(without vacated: Mask, shadow cast: Mask?) throws -> (base: Raster, replaced: [Float]) {
        guard let cast else { return (try plate(without: vacated), reach(of: vacated.touched)) }
        // The ground under a shadow's edge is to be known without it.
        let emptied = vacated.joined(with: cast.touched)
        let filled = try plate(without: emptied)
        let shadow = try CastShadow(cast, of: vacated, plate: filled, self)
        let (base, replaced) = (shadow.freed(filled, of: colours), reach(of: emptied.touched))
        guard let placement = footprint.placement else { return (base, replaced) }
        let fallen = shadow.falling(on: base, placement)
        return (fallen.ground, zip(replaced, fallen.reach).map(max))
    }

    /// An object of some picture at its new place.
    ///
    /// - Parameter ground: what it is laid on, where what it carries of its old ground is to be blended into that.
    package func carried(_ object: Mask, of source: PictureSource, onto ground: Raster? = nil) throws -> CarriedObject? {
        guard let placement = footprint.placement else { return nil }
        return try CarriedObject(object, of: source, placement, on: box, soften: margins.soften, onto: ground)
    }
}

/// What an edit does to a picture's own pixels, before any network, on the part that is worked on.
public struct Composition: Sendable {
    /// The part's colours, prepared, without the carried object.
    package var base: Raster
    /// Whether the base is already as the edit intends, so that the network's part is its change; else the network does all.
    package let isPrepared: Bool
    /// The object that is carried over pixel by pixel.
    package var carried: CarriedObject?
    /// How much of each pixel is the result's, 0 … 1, where no carried object lies.
    package let replaced: [Float]
    /// How much of each pixel the network makes.
    package private(set) var made: [Float]
    /// How much of each pixel differs from the picture before any network.
    package let intended: [Float]
    /// Pixels that the fill makes.
    package var filled: Int = 0
    /// How much of each pixel was filled with texture, where a network may know better; empty where nothing was.
    package private(set) var hole: [Float]

    package init(
        base: Raster, isPrepared: Bool, carried: CarriedObject? = nil, replaced: [Float], made: [Float], intended: [Float]? = nil,
        filled: Int = 0, hole: [Float] = []
    ) {
        (self.base, self.isPrepared, self.carried) = (base, isPrepared, carried)
        (self.replaced, self.made, self.intended, self.filled) = (replaced, made, intended ?? replaced, filled)
        self.hole = hole
    }

    /// The same where the network makes so much of each pixel.
    package func making(_ share: [Float]) -> Composition {
        var result = self
        result.made = share
        return result
    }

    /// The same for a model that paints in what is missing: what was filled is to be made too.
    package var inpainting: Composition {
        var result = self
        if filled > 0 { (result.made, result.filled) = (zip(made, replaced).map(max), 0) }
        return result
    }

    /// The part as it is intended, the carried object on it.
    package var intendedColours: Raster {
        guard let carried else { return base }
        return Raster(
            width: base.width, height: base.height, planes: base.planes.indices.map { carried.laid(on: base.planes[$0], plane: $0) })
    }

    /// What the network is to see: the base, with the carried object over it where it is prepared.
    package var networkInput: Raster {
        isPrepared ? intendedColours : base
    }

    /// A plane of the base, or of what became of it, under the carried object.
    package func finished(_ plane: [Float], plane p: Int) -> [Float] { carried?.laid(on: plane, plane: p) ?? plane }

    /// Whether anything is left to the network: what it makes may all lie under the carried object.
    package var needsNetwork: Bool {
        guard isPrepared else { return true }
        guard let cover = carried?.coverage else { return made.contains { $0 > 0 } }
        return made.indices.contains { made[$0] > 0 && cover[$0] < 1 }
    }

    /// Pixels that are made anew, by the fill or the network.
    package var madePixels: Int { filled + made.count { $0 > 0 } }
}
