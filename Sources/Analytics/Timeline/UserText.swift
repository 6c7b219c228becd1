// Comparing users by the bytes of their text.

/// Whether two texts are the same bytes.
@inline(__always)
func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  // Eight bytes at a time; every user of every segment comes through here.
  var index = 0
  while index + 8 <= left.count {
    let words = (
      left.loadUnaligned(fromByteOffset: index, as: UInt64.self),
      right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    )
    guard words.0 == words.1 else { return false }
    index += 8
  }
  while index < left.count {
    guard left[index] == right[index] else { return false }
    index += 1
  }
  return true
}

/// Compares two texts by their bytes: negative, zero or positive.
func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  for index in 0..<min(left.count, right.count) where left[index] != right[index] {
    return Int(left[index]) - Int(right[index])
  }
  return left.count - right.count
}
