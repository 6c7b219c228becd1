// Equality and order of byte strings, which is the order of texts everywhere in evt.

import CKernels

/// Compares byte strings; Swift's collection algorithms go byte by byte, this does not.
public enum ByteOrder {
  /// Whether both hold the same bytes.
  @inline(__always)
  public static func equal(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    return a == b || evt_compare(a, b, left.count) == 0
  }

  /// Whether `left` comes before `right`: by bytes, the shorter first if it is a prefix.
  public static func precedes(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    if let a = left.baseAddress, let b = right.baseAddress {
      let order = evt_compare(a, b, min(left.count, right.count))
      if order != 0 { return order < 0 }
    }
    return left.count < right.count
  }
}
