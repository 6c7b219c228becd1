// How much a query may hold at once.

import Synchronization

/// Counts the bytes that the threads of one query hold together.
final class MemoryBudget: Sendable {
  let limitBytes: Int
  private let used = Atomic<Int>(0)

  init(bytes: Int) { limitBytes = bytes }

  /// Takes `bytes`.
  /// - Throws: `QueryError.tooMuchMemory` when there are not enough.
  func take(_ bytes: Int, for what: String) throws(QueryError) {
    let now = used.add(bytes, ordering: .relaxed).newValue
    if now > limitBytes { throw .tooMuchMemory(what: what, limitBytes: limitBytes) }
  }

  /// Gives `bytes` back.
  func give(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}
