// How much the threads of one query may hold at once.

import Synchronization

/// Counts the bytes that several threads hold together.
public final class MemoryBudget: Sendable {
  public let limitBytes: Int
  private let used = Atomic<Int>(0)

  /// Creates a budget of `bytes`.
  public init(bytes: Int) { limitBytes = bytes }

  /// Takes `bytes`. Returns false when there are not so many; they count as taken all the same, so
  /// that every later call fails too.
  public func take(_ bytes: Int) -> Bool {
    used.add(bytes, ordering: .relaxed).newValue <= limitBytes
  }

  /// Gives back `bytes` that were taken.
  public func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}
