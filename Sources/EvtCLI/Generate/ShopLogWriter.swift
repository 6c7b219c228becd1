// The shop's events as lines of JSON, in the canonical shape or in that of a browser tracker.

import EvtCore

/// The shape of the generated lines.
enum ShopLogShape: String, CaseIterable, Sendable {
  /// The canonical fields on top, everything else under `properties` and `context`.
  case evt
  /// `event`, `properties`, and user, session and time under `context`.
  case tracker
}

/// Writes events as lines; knows the words, but not what happens when.
struct ShopLogWriter: ~Copyable {
  private let shape: ShopLogShape
  private let catalogue: ShopCatalogue
  private let userSalt: UInt32
  private var minute: Int64 = .min
  private var minuteText = [UInt8]()

  init(shape: ShopLogShape, seed: UInt64, catalogue: ShopCatalogue) {
    self.shape = shape
    self.catalogue = catalogue
    userSalt = UInt32(truncatingIfNeeded: SeededRandom.mixed(seed))
  }

  /// Appends the line of the event at which `session` stands.
  mutating func write(
    _ session: ShopSession, _ random: inout SeededRandom, to out: inout OutputBuffer
  ) {
    switch shape {
    case .evt: writeCanonical(session, &random, to: &out)
    case .tracker: writeTracker(session, &random, to: &out)
    }
  }

  private mutating func writeCanonical(
    _ session: ShopSession, _ random: inout SeededRandom, to out: inout OutputBuffer
  ) {
    out.append(#"{"event_id":""#)
    writeUUID(random.next(), random.next(), to: &out)
    out.append(#"","event":""#)
    out.append(session.event.name)
    out.append(#"","timestamp":""#)
    writeTime(session.timeMillis, to: &out)
    out.append(#"","user_id":"#)
    if let user = session.user { writeUser(user, to: &out) } else { out.append("null") }
    out.append(#","session_id":""#)
    out.append(hexadecimal: session.id, digits: 16)
    out.append(#"","properties":{"page":""#)
    writePage(session, to: &out)
    out.append(#"""#)
    writeProperties(session, &random, to: &out)
    out.append(#"},"context":{"#)
    out.append(catalogue.devices[Int(session.device)])
    out.append(#"","country":""#)
    out.append(catalogue.countries[Int(session.country)])
    out.append(#"","app_version":""#)
    out.append(catalogue.versions[Int(session.version)])
    out.append(#"""#)
    writeOrigin(session, to: &out)
    out.append("}}\n")
  }

  private mutating func writeTracker(
    _ session: ShopSession, _ random: inout SeededRandom, to out: inout OutputBuffer
  ) {
    out.append(#"{"event":""#)
    out.append(session.event.name)
    // The page stands in the context here.
    out.append(#"","properties":{"consent":true"#)
    writeProperties(session, &random, to: &out)
    out.append(#"},"context":{"#)
    if let user = session.user {
      out.append(#""userId":"#)
      writeUser(user, to: &out)
      out.append(",")
    }
    out.append(#""sessionId":""#)
    writeUUID(session.id, SeededRandom.mixed(session.id), to: &out)
    out.append(#"","page":""#)
    writePage(session, to: &out)
    out.append(#"","timestamp":"#)
    out.append(decimal: UInt64(max(session.timeMillis, 0)))
    out.append(#","device":""#)
    out.append(catalogue.trackerDevices[Int(session.device)])
    out.append(#"","appVersion":""#)
    out.append(catalogue.versions[Int(session.version)])
    out.append("\"")
    writeOrigin(session, to: &out)
    out.append("}}\n")
  }

  private func writeOrigin(_ session: ShopSession, to out: inout OutputBuffer) {
    guard session.isLanding else { return }
    if Int(session.referrer) >= ShopCatalogue.directCount {
      out.append(#","referrer":""#)
      out.append(catalogue.referrers[Int(session.referrer)])
      out.append(#"""#)
    }
    if let campaign = session.campaign {
      out.append(#","utm":{"source":""#)
      out.append(catalogue.campaignSources[Int(campaign)])
      out.append(#"","campaign":""#)
      out.append(catalogue.campaigns[Int(campaign)])
      out.append(#""}"#)
    }
  }

  /// Appends the members of `properties` behind the first one.
  private func writeProperties(
    _ session: ShopSession, _ random: inout SeededRandom, to out: inout OutputBuffer
  ) {
    switch session.event {
    case .pageView:
      out.append(#","load_ms":"#)
      out.append(decimal: UInt64(80 + random.exponential(mean: 420)))
      if random.chance(30) {
        out.append(#","scroll_depth":0."#)
        out.append(decimal: UInt64(1 + random.below(99)), width: 2)
      }
    case .search:
      writeChoice(#","query":""#, catalogue.queries, &random, to: &out)
      out.append(#","results":"#)
      out.append(decimal: UInt64(random.chance(7) ? 0 : random.below(180)))
    case .productView, .addToCart, .removeFromCart, .wishlistAdded:
      writeProduct(session, &random, to: &out)
    case .checkoutStarted, .purchase, .refund, .paymentFailed:
      writeOrder(session, &random, to: &out)
    case .signup, .login:
      writeChoice(#","method":""#, catalogue.loginMethods, &random, to: &out)
      if session.event == .signup {
        out.append(#","newsletter":"#)
        out.append(random.chance(35) ? "true" : "false")
      }
    case .newsletterSubscribed:
      out.append(#","list":"weekly","double_opt_in":true"#)
    case .error:
      writeChoice(#","message":""#, catalogue.errorMessages, &random, to: &out)
      out.append(#","code":"#)
      let codes: (StaticString, StaticString) = ("500", #""E_NET""#)
      out.append(random.chance(70) ? codes.0 : codes.1)
    }
  }

  private func writeProduct(
    _ session: ShopSession, _ random: inout SeededRandom, to out: inout OutputBuffer
  ) {
    let product = catalogue.products[Int(session.product)]
    out.append(#","product_id":"SKU-"#)
    out.append(decimal: UInt64(session.product), width: 5)
    if session.event == .addToCart {
      out.append(#"","product_name":""#)
      out.append(catalogue.adjectives[Int(product.adjective)])
      out.append(" ")
      let noun = Int(product.category) * ShopCatalogue.nounsPerCategory + Int(product.noun)
      out.append(catalogue.nouns[noun])
    }
    out.append(#"","category":""#)
    out.append(catalogue.categories[Int(product.category)])
    out.append(#"","price":"#)
    writeMoney(product.cents, to: &out)
    if session.event == .addToCart {
      out.append(#","quantity":"#)
      out.append(decimal: UInt64(random.chance(80) ? 1 : 2 + random.below(3)))
      writeCurrency(session, to: &out)
    }
  }

  private func writeOrder(
    _ session: ShopSession, _ random: inout SeededRandom, to out: inout OutputBuffer
  ) {
    if session.event == .purchase || session.event == .refund {
      out.append(#","order_id":"ORD-"#)
      out.append(decimal: UInt64(random.below(100_000_000)), width: 8)
      out.append(#"""#)
    }
    if session.event != .refund {
      out.append(#","items":"#)
      out.append(decimal: UInt64(session.cartItems))
    }
    out.append(#","total":"#)
    writeMoney(session.cartCents, to: &out)
    writeCurrency(session, to: &out)
    switch session.event {
    case .purchase:
      writeChoice(#","payment_method":""#, catalogue.paymentMethods, &random, to: &out)
      if random.chance(18) { writeChoice(#","coupon":""#, catalogue.coupons, &random, to: &out) }
      out.append(#","skus":["SKU-"#)
      out.append(decimal: UInt64(session.product), width: 5)
      out.append(#""]"#)
    case .refund:
      writeChoice(#","reason":""#, catalogue.refundReasons, &random, to: &out)
    case .paymentFailed:
      writeChoice(#","reason":""#, catalogue.paymentFailures, &random, to: &out)
    default:
      out.append(random.chance(50) ? #","guest":true"# : #","guest":false"#)
    }
  }

  private func writePage(_ session: ShopSession, to out: inout OutputBuffer) {
    switch session.event {
    case .pageView, .newsletterSubscribed, .error:
      out.append(catalogue.pages[Int(session.page)])
    case .search: out.append("/search")
    case .productView, .addToCart, .wishlistAdded:
      out.append("/product/SKU-")
      out.append(decimal: UInt64(session.product), width: 5)
    case .removeFromCart: out.append("/cart")
    case .checkoutStarted, .paymentFailed: out.append("/checkout")
    case .purchase: out.append("/order/confirmed")
    case .refund: out.append("/account/orders")
    case .signup: out.append("/signup")
    case .login: out.append("/login")
    }
  }

  /// Appends `prefix`, one of `choices` and the closing quote.
  private func writeChoice(
    _ prefix: StaticString, _ choices: [StaticString], _ random: inout SeededRandom,
    to out: inout OutputBuffer
  ) {
    out.append(prefix)
    out.append(choices[random.below(choices.count)])
    out.append(#"""#)
  }

  private func writeCurrency(_ session: ShopSession, to out: inout OutputBuffer) {
    out.append(#","currency":""#)
    out.append(catalogue.currencies[Int(session.country)])
    out.append(#"""#)
  }

  private func writeMoney(_ cents: Int32, to out: inout OutputBuffer) {
    out.append(decimal: UInt64(max(cents, 0) / 100))
    out.append(".")
    out.append(decimal: UInt64(max(cents, 0) % 100), width: 2)
  }

  private func writeUser(_ number: UInt32, to out: inout OutputBuffer) {
    // A bijection of 32 bits, so that two users never share a name.
    var bits = number ^ userSalt
    bits = (bits ^ (bits >> 16)) &* 0x7FEB_352D
    bits = (bits ^ (bits >> 15)) &* 0x846C_A68B
    bits ^= bits >> 16
    out.append(#""u_"#)
    out.append(hexadecimal: UInt64(bits), digits: 8)
    out.append(#"""#)
  }

  private func writeUUID(_ high: UInt64, _ low: UInt64, to out: inout OutputBuffer) {
    let high = (high & ~0xF000) | 0x4000
    let low = (low & ~(0b11 << 62)) | (0b10 << 62)
    out.append(hexadecimal: high >> 32, digits: 8)
    out.append("-")
    out.append(hexadecimalQuad: high >> 16)
    out.append("-")
    out.append(hexadecimalQuad: high)
    out.append("-")
    out.append(hexadecimalQuad: low >> 48)
    out.append("-")
    out.append(hexadecimalQuad: low >> 32)
    out.append(hexadecimal: low, digits: 8)
  }

  /// Appends RFC 3339 with milliseconds; the part up to the minute is kept from the line before.
  private mutating func writeTime(_ millis: Int64, to out: inout OutputBuffer) {
    let current = millis / 60_000
    if current != minute {
      minute = current
      let date = UTCDay(containing: millis * 1_000_000).description
      let ofDay = Int(current % 1440)
      minuteText = Array("\(date)T\(twoDigits(ofDay / 60)):\(twoDigits(ofDay % 60)):".utf8)
    }
    minuteText.withUnsafeBytes { out.append($0) }
    out.append(decimal: UInt64(millis % 60_000 / 1000), width: 2)
    out.append(".")
    out.append(decimal: UInt64(millis % 1000), width: 3)
    out.append("Z")
  }

  private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
