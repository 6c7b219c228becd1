// The error with which an operation of the store ends.

import Testing

@testable import Store

/// Calls `body` and returns the error of the store that it throws, nil when it succeeds.
func failure(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch let error as StoreError {
    return error
  } catch {
    Issue.record("not an error of the store: \(error)")
    return nil
  }
}
