/** Who a change is booked under: there is one shared secret, and it names nobody. */
export const ACTOR = 'admin'
