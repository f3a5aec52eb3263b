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
        picture = work.picture(of: composition.base)
        switch (composition.preparation, edit.action) {
        case (.plate, .move(let object, _, _, _)):
            guard let placement = geometry.placement else { throw EditError.leavesPicture }
            action = grid.pasted(object, of: edit.photo, placement)
        case (.warp, let dragged):
            let original = work.picture(of: edit.photo.colours(in: work.box))
            action = try grid.action(dragged, geometry, original: original)
        case (_, let other): action = try grid.action(other, geometry)
        }
    }
}
