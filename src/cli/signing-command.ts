import { Command } from 'commander'
import { openAnswerSigner } from '../app/open-answer-signer.ts'
import { fail, print } from './print.ts'
import { loadSettings } from './settings.ts'

export function signingCommand(): Command {
  return new Command('signing').description('look at the key that answers to SDKs are signed with').addCommand(
    new Command('public-key')
      .description('print the public key of PURSER_SIGNING_KEY in base64, as an SDK is built with')
      .action(() => {
        const signer = openAnswerSigner(loadSettings().settings)
        print(signer === null ? fail('PURSER_SIGNING_KEY is not set: answers are not signed') : signer.publicKey)
      }),
  )
}
