/// How an edit of a photo becomes one on the working grid.
struct PhotoPlan {
    let composition: Composition
    let action: EditRequest.Action
    let picture: WorkingPicture

    var work: WorkBox { composition.work }

    init(_ edit: PhotoEdit, fill: Composition.Fill) throws {
        composition = try Composition(edit, fill: fill)
        let (work, geometry) = (composition.work, composition.geometry)
        let grid = GridBuilder(work: work, photo: edit.photo)
        picture = work.picture(of: composition.laid)
        switch (composition.preparation, edit.action) {
        case (.laid(let object, let reference), _):
            guard let placement = geometry.placement else { throw EditError.leavesPicture }
            action = grid.pasted(object, of: reference, placement, isLaid: true)
        case (.warp(_, let original), let dragged):
            action = try grid.action(dragged, geometry, original: work.picture(of: original))
        case (_, let other): action = try grid.action(other, geometry)
        }
    }
}
