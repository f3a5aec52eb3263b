#if canImport(Glibc)
    import Glibc
#endif

/// Whether whoever waits for what this thread computes has given up.
///
/// Operators on whole photos ask every few rows and then end early, their results undefined: whoever started them throws
/// before anything of those is used. (A thread's own value and no task's: threads of other languages call us.)
package enum Cancellation {
    private final class Question {
        let isAsked: () -> Bool
        init(_ isAsked: @escaping () -> Bool) { self.isAsked = isAsked }
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Does some work, during which the thread's operators ask.
    package static func asking<Result>(_ isAsked: @escaping () -> Bool, during work: () throws -> Result) rethrows -> Result {
        let (question, outer) = (Question(isAsked), pthread_getspecific(key))
        pthread_setspecific(key, Unmanaged.passUnretained(question).toOpaque())
        defer {
            pthread_setspecific(key, outer)
            withExtendedLifetime(question) {}
        }
        return try work()
    }

    /// Whether to end; never, where nobody asks.
    package static var isAsked: Bool {
        guard let question = pthread_getspecific(key) else { return false }
        return Unmanaged<Question>.fromOpaque(question).takeUnretainedValue().isAsked()
    }

    /// Throws where the work is to end.
    package static func check() throws { if isAsked { throw CancellationError() } }
}
