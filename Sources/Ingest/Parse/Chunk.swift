// A piece of an input that holds whole events, on its way from the reader to a parser.

import CKernels
import EvtCore

/// One element of an array or of a sequence of objects.
struct Element: BitwiseCopyable {
  var start: Int
  var end: Int
  /// Why it cannot be parsed, as a raw `RejectReason`, or `isEvent`.
  var reason: UInt8 = Element.isEvent

  static let isEvent: UInt8 = .max
}

/// Whole lines or elements of an input. The reader fills it; after that it is only read.
final class Chunk: @unchecked Sendable {
  enum Form {
    /// Events stand on lines that end with this byte.
    case lines(separator: UInt8)
    /// Events stand where the splitter found them.
    case elements
    /// Elements are texts out of that many lines of a reject file, or, with a reason, what stands
    /// for them; `origins` says where each came from.
    case replayed(lines: Int)
    /// The beginning of one line, or element, that was too long to be held; `lines` is the number
    /// of line ends in all of it.
    case overlong(length: UInt64, hash: Hash128, lines: Int)
  }

  var form: Form
  /// Where the first byte stands in the (inflated) input.
  var offset: UInt64 = 0
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  var count = 0
  private(set) var capacity: Int
  /// For `.elements` and `.replayed`.
  var elements = GrowableBuffer<Element>()
  /// For `.replayed`, one an element.
  var origins: [RejectOrigin] = []

  init(form: Form, capacity: Int) {
    self.form = form
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Int(EVT_SCAN_PADDING))
  }

  deinit { bytes.deallocate() }

  /// Makes room for `needed` bytes in all.
  func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: needed + Int(EVT_SCAN_PADDING))
    larger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
    capacity = needed
  }

  /// Appends a copy of `source`.
  func append(_ source: UnsafePointer<UInt8>, count added: Int) {
    reserve(count + added)
    (bytes + count).update(from: source, count: added)
    count += added
  }

  /// Puts zeros behind the bytes, where the scanner stops.
  func seal() { (bytes + count).update(repeating: 0, count: Int(EVT_SCAN_PADDING)) }
}
