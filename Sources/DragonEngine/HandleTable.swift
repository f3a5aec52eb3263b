import Synchronization

/// The objects of one kind that callers hold, by handle.
///
/// A handle is a number dressed as a pointer: looked up, never followed. Numbers only rise, over all kinds, so a freed
/// handle never becomes another object's, nor a model's handle a result's.
final class HandleTable<Object: AnyObject & Sendable>: Sendable {
    private let objects = Mutex<[UInt: Object]>([:])

    /// Keeps an object and gives its handle.
    func insert(_ object: Object) -> OpaquePointer? {
        let number = nextHandle()
        objects.withLock { $0[number] = object }
        return OpaquePointer(bitPattern: number)
    }

    /// The object of a handle; nil for whatever is none.
    subscript(handle: OpaquePointer?) -> Object? { objects.withLock { $0[UInt(bitPattern: handle)] } }

    /// The same, and forgets it.
    func remove(_ handle: OpaquePointer?) -> Object? { objects.withLock { $0.removeValue(forKey: UInt(bitPattern: handle)) } }
}

/// Handles lie where no 64-bit system maps memory for programs, so that a client that follows one finds out at once.
private let firstHandle: UInt64 = 0xD1A6_0000_0000_0000
private let lastHandle = Atomic<UInt64>(firstHandle)

private func nextHandle() -> UInt { UInt(lastHandle.wrappingAdd(16, ordering: .relaxed).newValue) }
