// Judges requests by IAM policies, offline: cases as JSON on standard input, verdicts on output.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { text } from 'node:stream/consumers'

async function verdict({ principal, policies, resourcePolicy, action, resource, account, context }) {
  const simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: context,
    },
    identityPolicies: policies.map((policy, number) => ({ name: `policy-${number}`, policy })),
    resourcePolicy: resourcePolicy ?? undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }
  const answer = await runSimulation(simulation, {})
  if (answer.resultType === 'error') return `error: ${JSON.stringify(answer.errors)}`
  const ignored = answer.result?.ignoredContextKeys ?? []
  return ignored.length ? `error: ${ignored} mean nothing for ${action}` : answer.overallResult
}

const cases = JSON.parse(await text(process.stdin))
console.log(JSON.stringify(await Promise.all(cases.map(verdict))))
