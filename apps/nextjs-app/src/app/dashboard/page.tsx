import type { Metadata } from 'next'
import { OrdersTable } from '../../components/orders-table'
import { PrincipalCard } from '../../components/principal-card'
import { RevocationTrial } from '../../components/revocation-trial'
import { SignOutButton, SiteHeader } from '../../components/site-header'
import { ordersFor } from '../../lib/orders'
import { cancel, revokeMe } from './actions'

export const metadata: Metadata = { title: 'Dashboard' }

export default async function DashboardPage() {
  const { principal, orders } = await ordersFor()
  return (
    <>
      <SiteHeader>
        <span className="who">
          Signed in as <strong>{String(principal.claims['username'])}</strong>
        </span>
        <SignOutButton />
      </SiteHeader>
      <main id="content">
        <h1>Your orders, and your token</h1>
        <p className="lead">
          This page was made for you by a server component whose first line asks for your access token.
        </p>
        <div className="cards">
          <PrincipalCard principal={principal} />
          <OrdersTable orders={orders} cancel={cancel} />
          <RevocationTrial revoke={revokeMe} />
        </div>
      </main>
    </>
  )
}
