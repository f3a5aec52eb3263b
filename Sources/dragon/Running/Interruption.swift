import DragonTensor
import Glibc

/// Makes Ctrl-C, and the signals that end a session, wait for ``onInterruption(_:)``, and a file that grows too large an error instead of the process's end.
///
/// Must come before any other thread starts: threads inherit the mask.
func prepareSignals() {
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    var interruption = interruptionSignal
    pthread_sigmask(SIG_BLOCK, &interruption, nil)
    onInterruption {}
}

/// Calls `body` on another thread at Ctrl-C; whatever runs has a second to come to an end, then the process ends with 130.
///
/// A thread that waits, and no handler: a handler may do next to nothing, and dispatch queues may be busy computing.
func onInterruption(_ body: @escaping @Sendable () -> Void) {
    interruptionHandler.set(body)
}

/// How long a computation may take to notice that it was cancelled.
private let gracePeriodInMicroseconds: UInt32 = 800_000

private var interruptionSignal: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { sigaddset(&set, number) }
    // Under nohup a session's end is no reason to end.
    var hangUp = sigaction()
    sigaction(SIGHUP, nil, &hangUp)
    if unsafeBitCast(hangUp.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) {
        sigaddset(&set, SIGHUP)
    }
    return set
}

private let interruptionHandler = InterruptionHandler()

/// What to do at Ctrl-C, and the thread that waits for it.
private final class InterruptionHandler: @unchecked Sendable {
    // Unchecked: `lock` guards `body`.
    private var body: @Sendable () -> Void = {}
    private var lock = pthread_mutex_t()

    init() {
        pthread_mutex_init(&lock, nil)
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in interruptionHandler.wait() }, nil)
        pthread_detach(thread)
    }

    func set(_ body: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(&lock)
        self.body = body
        pthread_mutex_unlock(&lock)
    }

    func wait() -> UnsafeMutableRawPointer? {
        var set = interruptionSignal
        var number: Int32 = 0
        sigwait(&set, &number)
        pthread_mutex_lock(&lock)
        let body = body
        pthread_mutex_unlock(&lock)
        body()
        usleep(gracePeriodInMicroseconds)
        Temporary.removeAll {
            writeError("interrupted")
            _exit(ExitStatus.interrupted.rawValue)
        }
    }
}
