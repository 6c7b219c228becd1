// A queue of few places between two threads.

import Dispatch
import Synchronization

/// Hands things over from one thread, which waits while all places are taken, to another, which
/// waits while none is.
public final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isCancelled = false
  }

  private let state = Mutex(State())
  private let free = DispatchSemaphore(value: 0)
  private let taken = DispatchSemaphore(value: 0)

  /// Creates a queue with room for `capacity` elements.
  public init(capacity: Int) {
    precondition(capacity > 0, "BUG: a queue without room")
    // A semaphore must not end below the value it began with, and a queue may end full.
    for _ in 0..<capacity { free.signal() }
  }

  /// Appends `element` when there is room; returns false when nobody takes any more.
  public func push(_ element: Element) -> Bool {
    free.wait()
    let isCancelled = state.withLock { state in
      if !state.isCancelled { state.elements.append(element) }
      return state.isCancelled
    }
    if isCancelled { free.signal() } else { taken.signal() }
    return !isCancelled
  }

  /// Takes the oldest element, when there is one.
  public func pop() -> Element {
    taken.wait()
    let element = state.withLock { $0.elements.removeFirst() }
    free.signal()
    return element
  }

  /// Forgets all elements and refuses further ones; the last call of the thread that takes.
  public func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.elements = []
    }
    free.signal()
  }
}
