// What the lists of one pass may hold together.

import Synchronization

/// The lists of users' events outgrew their memory: take fewer users at a time.
struct ListsTooLarge: Error {}

/// Counts the bytes of the lists that several threads make.
final class ListBudget: Sendable {
  private let limitBytes: Int
  private let taken = Atomic<Int>(0)

  init(bytes: Int) { limitBytes = bytes }

  /// Takes `bytes` more.
  /// - Throws: `ListsTooLarge` when there are not so many.
  func take(_ bytes: Int) throws(ListsTooLarge) {
    guard taken.add(bytes, ordering: .relaxed).newValue <= limitBytes else {
      throw ListsTooLarge()
    }
  }
}
