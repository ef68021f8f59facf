export { isLongerThan, isPlainText, USER_ID_MAX_LENGTH, userIdProblem } from '../../core/wallet/change-fields.ts'
