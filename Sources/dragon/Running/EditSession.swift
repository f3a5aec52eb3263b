import DragonEdit
import DragonModel
import DragonStore
import DragonTensor

/// What edits share that come one after the other: threads, and a model that is loaded when the first of them needs it.
final class EditSession {
    private let model: ModelOptions
    let compute: ComputeOptions
    private let threads: ComputeContext
    /// Cancelled at Ctrl-C, for good.
    private let whole = Job()
    private var found: [ModelUse: ModelFiles] = [:]
    private var loaded: [String: DiffusionModel] = [:]
    /// Why no model can be had: no later edit can have it then either.
    private(set) var failure: (any Error)?

    init(_ model: ModelOptions, _ compute: ComputeOptions) {
        (self.model, self.compute) = (model, compute)
        threads = ComputeContext(threads: compute.threads, precision: compute.precision ?? .auto)
        onInterruption { [whole] in whole.cancel() }
    }

    /// A context of a job that Ctrl-C cancels.
    ///
    /// - Parameter comparing: whether the run is compared with another's: nothing is rounded then, unless it was asked for.
    func context(_ job: Job = Job(), comparing: Bool = false) -> ComputeContext {
        onInterruption { [whole] in
            whole.cancel()
            job.cancel()
        }
        let context = ComputeContext(threads, job: job)
        return comparing && compute.precision == nil ? ComputeContext(context, precision: .fp32) : context
    }

    /// Throws ``CancellationError`` after Ctrl-C.
    func checkInterruption() throws { try whole.check() }

    /// The files of the model that suits edits of that preset.
    func files(for preset: EditPreset) throws -> ModelFiles {
        let use: ModelUse = preset == .instant && model.loras.isEmpty ? .inpainting : .inverting
        if let files = found[use] { return files }
        return try remembering {
            let files = try model.files(for: use)
            found[use] = files
            return files
        }
    }

    /// The model of those files.
    func diffusion(_ files: ModelFiles, in context: ComputeContext) throws -> DiffusionModel {
        if let diffusion = loaded[files.path] { return diffusion }
        return try remembering {
            let diffusion = try DiffusionModel(files: files, in: context)
            loaded[files.path] = diffusion
            return diffusion
        }
    }

    /// Gives back what the last edit took and the next may not need.
    func releaseIdleMemory() { threads.releaseIdleMemory() }

    private func remembering<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            failure = error
            throw error
        }
    }
}
