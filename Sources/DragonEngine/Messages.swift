import CDragon
import Glibc
import Synchronization

/// What the last failed calls on a handle said, by the thread that made them: another one's call leaves a reason alone.
final class Messages: Sendable {
    private let texts = Mutex<[UInt: String]>([:])

    /// Runs `body`, keeps what its error says, and gives its status.
    func call(_ body: () throws -> Void) -> dragon_status {
        let (status, message) = Status.of(body)
        let thread = UInt(pthread_self())
        texts.withLock { $0[thread] = message.isEmpty ? nil : message }
        return status.rawValue
    }

    /// What the calling thread's last call said, where it failed.
    var last: String { texts.withLock { $0[UInt(pthread_self())] ?? "" } }
}
