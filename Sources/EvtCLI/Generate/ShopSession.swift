// One visit to the shop: what happens next, and when.

/// What the shop logs.
enum ShopEvent: UInt8 {
  case pageView, search, productView, addToCart, removeFromCart, wishlistAdded
  case checkoutStarted, paymentFailed, purchase, refund
  case signup, login, newsletterSubscribed, error

  /// The event's name in the log.
  var name: StaticString {
    switch self {
    case .pageView: "page_view"
    case .search: "search"
    case .productView: "product_view"
    case .addToCart: "add_to_cart"
    case .removeFromCart: "remove_from_cart"
    case .wishlistAdded: "wishlist_added"
    case .checkoutStarted: "checkout_started"
    case .paymentFailed: "payment_failed"
    case .purchase: "purchase"
    case .refund: "refund"
    case .signup: "signup"
    case .login: "login"
    case .newsletterSubscribed: "newsletter_subscribed"
    case .error: "error"
    }
  }

  /// The mean pause after the event in milliseconds.
  var pauseMillis: Int64 {
    switch self {
    case .pageView: 22_000
    case .search: 9_000
    case .productView: 34_000
    case .addToCart, .removeFromCart, .wishlistAdded: 16_000
    case .checkoutStarted: 70_000
    case .paymentFailed: 25_000
    case .purchase, .refund: 45_000
    case .signup, .login, .newsletterSubscribed: 8_000
    case .error: 5_000
    }
  }
}

/// A session under way. A plain value of fixed size: memory grows with the visitors of a moment,
/// never with the length of the log.
struct ShopSession {
  /// The time of the session's next event in milliseconds since 1970.
  var timeMillis: Int64 = 0
  /// The bits of `session_id`.
  var id: UInt64 = 0
  /// The number of the user, nil for an anonymous visit.
  var user: UInt32?
  var event = ShopEvent.pageView
  var eventsLeft: Int32 = 0
  /// Whether this is the visit's first event, which alone knows where the visit came from.
  var isLanding = true
  var wantsSignup = false
  var wantsLogin = false
  /// The user who shows up by logging in during an anonymous visit.
  var userBehindLogin: UInt32 = 0
  var product: UInt16 = 0
  var cartItems: UInt16 = 0
  var cartCents: Int32 = 0
  var page: UInt8 = 0
  var device: UInt8 = 0
  var country: UInt8 = 0
  var version: UInt8 = 0
  var referrer: UInt8 = 0
  /// The campaign that brought the visit, nil for most.
  var campaign: UInt8?

  private var isOnPhone: Bool { Int(device) < ShopCatalogue.phoneCount }

  /// Moves on from the event just logged: to the next event and its time, before `endMillis`.
  mutating func advance(_ random: inout SeededRandom, catalogue: ShopCatalogue, endMillis: Int64) {
    eventsLeft -= 1
    isLanding = false
    if event == .refund { cartCents = 0 }
    let pause = 300 + random.exponential(mean: event.pauseMillis)
    let room = max(endMillis - 1 - timeMillis, 0) / (Int64(eventsLeft) + 1)
    timeMillis += min(pause, room)
    event = nextEvent(&random)
    enter(&random, catalogue: catalogue)
  }

  /// Applies what the new event changes in the cart and on the screen.
  private mutating func enter(_ random: inout SeededRandom, catalogue: ShopCatalogue) {
    switch event {
    case .pageView:
      page = UInt8(random.below(catalogue.pages.count))
    case .productView:
      // Cubed, so that few products have most of the views.
      let draw = random.unit()
      product = UInt16(draw * draw * draw * Double(ShopCatalogue.productCount))
    case .addToCart:
      cartItems = min(cartItems + 1, 200)
      cartCents = min(cartCents + catalogue.products[Int(product)].cents, 9_000_000)
    case .removeFromCart:
      cartCents = cartItems == 1 ? 0 : cartCents - cartCents / Int32(max(cartItems, 1))
      cartItems = max(cartItems, 1) - 1
    case .login:
      wantsLogin = false
      if user == nil { user = userBehindLogin }
    case .signup:
      wantsSignup = false
    case .search, .wishlistAdded, .checkoutStarted, .paymentFailed, .purchase, .refund,
      .newsletterSubscribed, .error:
      break
    }
  }

  private mutating func nextEvent(_ random: inout SeededRandom) -> ShopEvent {
    if wantsSignup, random.chance(30) { return .signup }
    if wantsLogin, random.chance(40) { return .login }
    let draw = random.below(1000)
    switch event {
    case .pageView, .signup, .login, .newsletterSubscribed, .refund:
      return draw < 400 ? .productView : draw < 570 ? .search : draw < 585 ? .error : .pageView
    case .search:
      return draw < 640 ? .productView : draw < 800 ? .search : .pageView
    case .productView, .wishlistAdded, .removeFromCart:
      return afterBrowsing(draw)
    case .addToCart:
      let checkouts = isOnPhone ? 260 : 380
      if draw < checkouts { return .checkoutStarted }
      return draw < 700 ? .productView : draw < 790 ? .removeFromCart : .pageView
    case .checkoutStarted:
      return afterCheckout(draw)
    case .paymentFailed:
      return draw < 480 ? afterCheckout(draw * 2) : .pageView
    case .purchase:
      (cartItems, cartCents) = (0, 0)
      return draw < 60 ? .newsletterSubscribed : draw < 200 ? .productView : .pageView
    case .error:
      return draw < 700 ? .pageView : .productView
    }
  }

  private func afterBrowsing(_ draw: Int) -> ShopEvent {
    if draw < (isOnPhone ? 170 : 230) { return .addToCart }
    if draw < 290 { return .wishlistAdded }
    if draw < 310 { return cartItems > 0 ? .removeFromCart : .productView }
    return draw < 680 ? .productView : draw < 800 ? .search : draw < 808 ? .error : .pageView
  }

  private func afterCheckout(_ draw: Int) -> ShopEvent {
    let isBroken = isOnPhone && Int(version) == ShopCatalogue.brokenVersion
    if draw < (isBroken ? 330 : 60) { return .paymentFailed }
    return draw < 620 && cartItems > 0 ? .purchase : draw < 800 ? .pageView : .productView
  }
}
