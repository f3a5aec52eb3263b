import ArgumentParser
import DragonImage
import DragonModel
import DragonPhoto
import DragonSelect
import DragonStore

/// `dragon select`: the mask of an object, from where it is, roughly.
struct Select: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find an object by a point on it, a box or a rough outline, and write its mask.",
        discussion:
            "Needs no model; with --model its network looks at the picture too. The mask is what --mask of an edit takes: white belongs, black does not, a soft edge is grey."
    )

    @Option(
        name: [.customShort("i"), .customLong("input")], parsing: .unconditional, help: ArgumentHelp("The picture.", valueName: "file"))
    var input: String

    @Option(name: .long, parsing: .unconditionalSingleValue, help: ArgumentHelp("A point on the object; repeatable.", valueName: "x,y"))
    var at: [PointArgument] = []

    @Option(name: .long, parsing: .unconditionalSingleValue, help: ArgumentHelp("A point beside it; repeatable.", valueName: "x,y"))
    var not: [PointArgument] = []

    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("A mask drawn around it, roughly.", valueName: "file"))
    var outline: String?

    @Option(name: .long, parsing: .unconditional, help: ArgumentHelp("A box around it.", valueName: "x,y,width,height"))
    var box: BoxArgument?

    @Option(
        name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
        help: ArgumentHelp("Mask to write: .png, .jpg or .webp.", valueName: "file"))
    var output: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Model whose attention tells the object as well: a folder in diffusers' layout, a checkpoint, or a name in \"dragon model list\".",
            valueName: "dir or name"))
    var model: String?

    @OptionGroup var compute: ComputeOptions

    func validate() throws {
        guard outline == nil || box == nil else { throw ValidationError("give --outline or --box, not both") }
        guard !at.isEmpty || outline != nil || box != nil else {
            throw ValidationError("nothing says where the object is: give --at, --outline or --box")
        }
    }

    func run() throws {
        let file = try OutputPicture(output)
        let warnings = Warnings(isQuiet: compute.quiet)
        let picture = try Picture(file: input)
        for warning in picture.details.warnings { warnings.add("\(input): \(warning)") }
        try file.checkHolds(width: picture.width, height: picture.height)
        let size = PixelSize(width: picture.width, height: picture.height)
        let (finder, hint) = (ObjectFinder(picture.source), try hint(size))
        if let model { try attend(finder, by: model) }
        try file.write(Picture(mask: finder.object(for: hint).mask))
    }

    private func attend(_ finder: ObjectFinder, by model: String) throws {
        let store = ModelStore()
        let files = try ModelFiles(path: store.path(of: model), additions: store.additions)
        let progress = JobReport(isQuiet: compute.quiet)
        let context = compute.context(progress.job)
        defer { progress.end() }
        progress.begin("loading the model")
        let diffusion = try DiffusionModel(files: files, in: context)
        progress.begin("looking at the picture")
        try finder.attend(by: diffusion, side: files.workingSide, in: context)
    }

    private func hint(_ size: PixelSize) throws -> ObjectHint {
        let (inside, outside) = (at.map(\.point), not.map(\.point))
        if let box { return ObjectHint(inside: inside, outside: outside, box: box.box, in: size) }
        guard let outline else { return ObjectHint(inside: inside, outside: outside) }
        let mask = try Picture(file: outline).mask(file: outline)
        return ObjectHint(inside: inside, outside: outside, outline: Outline(mask))
    }
}
