export { createAccessKey, findSigningKey, type AccessKey, type SigningKey } from './access-keys.ts';
export { createAccount, readAccount, type Account } from './store.ts';
export { createAccountAction } from './actions/create-account.ts';
export { createAccountKey } from './actions/create-account-key.ts';
export { createOperatorKeyAction } from './actions/create-operator-key.ts';
export { describeAccountKeys } from './actions/describe-account-keys.ts';
export { describeAccounts } from './actions/describe-accounts.ts';
export { modifyAccountKey } from './actions/modify-account-key.ts';
export { verifyAccount } from './actions/verify-account.ts';
