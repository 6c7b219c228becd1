// Owned memory for hot loops: an array without reference counts, copies or exclusivity checks.

/// A growable, uniquely owned array of plain values. It frees its memory with its owner.
///
/// Unlike `Array` it is never shared, so appending checks nothing but the capacity; that is worth a
/// factor of two in the JSON scanner, whose every value is one append.
public struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
  public var base: UnsafeMutablePointer<Element>
  public var count: Int
  public var capacity: Int

  /// Creates an empty buffer with room for `capacity` elements. Without room it holds no memory:
  /// most buffers of a sparse column stay empty.
  @inlinable
  public init(capacity: Int = 0) {
    self.base = capacity > 0 ? .allocate(capacity: capacity) : Self.nowhere
    self.count = 0
    self.capacity = max(capacity, 0)
  }

  @inlinable
  deinit { if capacity > 0 { base.deallocate() } }

  /// Stands for no memory; never read or written.
  @inlinable
  static var nowhere: UnsafeMutablePointer<Element> {
    let address = UnsafeMutableRawPointer(bitPattern: MemoryLayout<Element>.alignment)
    guard let address else { preconditionFailure("BUG: an alignment of 0") }
    return address.assumingMemoryBound(to: Element.self)
  }

  /// The bytes this buffer holds on to.
  @inlinable
  public var allocatedBytes: Int { capacity * MemoryLayout<Element>.stride }

  /// The elements, valid until the next change.
  @inlinable
  public var elements: UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(start: base, count: count)
  }

  /// The element at `index`, which must be below `count`.
  @inlinable
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "BUG: index past the buffer's end")
      return base[index]
    }
    set {
      precondition(index >= 0 && index < count, "BUG: index past the buffer's end")
      base[index] = newValue
    }
  }

  /// Appends one element.
  @inlinable @inline(__always)
  public mutating func append(_ element: Element) {
    if count == capacity { grow(toHold: count + 1) }
    base[count] = element
    count += 1
  }

  /// Appends `elements`.
  @inlinable
  public mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress, elements.count > 0 else { return }
    if count + elements.count > capacity { grow(toHold: count + elements.count) }
    (base + count).update(from: source, count: elements.count)
    count += elements.count
  }

  /// Appends `element` `repeats` times.
  @inlinable
  public mutating func append(repeating element: Element, count repeats: Int) {
    guard repeats > 0 else { return }
    if count + repeats > capacity { grow(toHold: count + repeats) }
    (base + count).update(repeating: element, count: repeats)
    count += repeats
  }

  /// Makes sure that `additional` more elements fit.
  @inlinable
  public mutating func reserve(_ additional: Int) {
    if count + additional > capacity { grow(toHold: count + additional) }
  }

  /// Forgets all elements but the first `newCount`; keeps the memory.
  @inlinable
  public mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count, "BUG: truncating to more than there is")
    count = newCount
  }

  @usableFromInline @inline(never)
  mutating func grow(toHold needed: Int) {
    let larger = max(needed, capacity * 2, 16)
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    memory.update(from: base, count: count)
    if capacity > 0 { base.deallocate() }
    base = memory
    capacity = larger
  }
}
