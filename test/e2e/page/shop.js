// An app's page: it uses the official SDK as its documentation says, and tells what the SDK answered in plain values.
import { Purchases } from '/sdk/Purchases.es.js'

let purchases

globalThis.shop = {
  configure({ apiKey, appUserId, proxyURL, eventsURL }) {
    purchases = Purchases.configure({
      apiKey,
      appUserId,
      httpConfig: { proxyURL, ...(eventsURL && { eventsURL }) },
      flags: { collectAnalyticsEvents: Boolean(eventsURL) },
    })
    return purchases.getAppUserId()
  },
  anonymousId: () => Purchases.generateRevenueCatAnonymousAppUserId(),
  customer: async () => seen(await purchases.getCustomerInfo()),
  async offerings() {
    const { current } = await purchases.getOfferings()
    return current.availablePackages.map((item) => ({
      id: item.identifier,
      product: item.webBillingProduct.identifier,
      price: item.webBillingProduct.currentPrice?.amountMicros ?? item.webBillingProduct.price?.amountMicros,
    }))
  },
  async buy(packageId) {
    const { current } = await purchases.getOfferings()
    const rcPackage = current.availablePackages.find((item) => item.identifier === packageId)
    const { customerInfo } = await purchases.purchase({ rcPackage })
    return seen(customerInfo)
  },
  async balance() {
    purchases.invalidateVirtualCurrenciesCache()
    return (await purchases.getVirtualCurrencies()).all.CRD.balance
  },
  cachedBalance: async () => (await purchases.getVirtualCurrencies()).all.CRD.balance,
  setAttributes: async (attributes) => void (await purchases.setAttributes(attributes)),
  async identify(appUserId) {
    const { customerInfo, wasCreated } = await purchases.identifyUser(appUserId)
    return { ...seen(customerInfo), wasCreated }
  },
  changeUser: async (appUserId) => seen(await purchases.changeUser(appUserId)),
  userId: () => purchases.getAppUserId(),
}

/** Any error as the SDK's own number, so that a test can name it. */
globalThis.errorOf = (promise) =>
  promise.then(
    () => null,
    (error) => ({
      errorCode: error.errorCode ?? null,
      message: String(error.message),
      underlying: error.underlyingErrorMessage ?? null,
    }),
  )

function seen(customerInfo) {
  return {
    originalAppUserId: customerInfo.originalAppUserId,
    active: Object.keys(customerInfo.entitlements.active).sort(),
    subscriptions: [...customerInfo.activeSubscriptions].sort(),
    oneTime: customerInfo.nonSubscriptionTransactions.map((item) => item.productIdentifier),
  }
}
