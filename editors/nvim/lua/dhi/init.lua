-- DHI definitions in Neovim. All of it is optional: with Neovim 0.11 and later
-- `vim.lsp.enable('dhi_ls')` is enough for the language server.
local M = {}

---@class dhi.Options
---@field cmd? string[] how the server is started; the first word is also the program of the commands
---@field trusted? boolean whether builds and fetching may happen on the server's side
---@field settings? table the settings of the server, without the section
---@field capabilities? table further capabilities, such as those of a completion plugin
---@field on_attach? fun(client: table, bufnr: integer)

---@type dhi.Options
M.options = {
  cmd = { 'dhi-ls', 'serve' },
  trusted = false,
  settings = {},
  capabilities = {},
}

--- The program of the commands.
---@return string
function M.program()
  return M.options.cmd[1]
end

--- The configuration of the client, as vim.lsp.config takes it.
---@return table
function M.client_config()
  local o = M.options
  local capabilities = vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), o.capabilities, {
    experimental = { ['dhi-ls/status'] = true },
  })
  return {
    name = 'dhi_ls',
    cmd = o.cmd,
    filetypes = { 'yaml.dhi', 'yaml' },
    capabilities = capabilities,
    init_options = { trusted = o.trusted },
    settings = { ['dhi-ls'] = next(o.settings) and o.settings or vim.empty_dict() },
    get_language_id = function()
      return 'yaml'
    end,
    on_attach = o.on_attach,
    on_exit = vim.schedule_wrap(function(code, signal)
      require('dhi.restart').ended(code, signal)
    end),
    handlers = { ['dhi-ls/status'] = require('dhi.status').handler },
  }
end

--- Starts the server in the definitions that are open and those to come.
---@param options? dhi.Options
function M.setup(options)
  if vim.fn.has('nvim-0.10') == 0 then
    return -- plugin/dhi.lua says that it is too old
  end
  M.options = vim.tbl_deep_extend('force', M.options, options or {})
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config('dhi_ls', M.client_config())
    vim.lsp.enable('dhi_ls')
  else
    M.start_by_hand()
  end
end

--- Attaches the server to a buffer, if it is of use there.
---@param bufnr integer
---@return integer? client
function M.attach(bufnr)
  local detect = require('dhi.detect')
  local ours = vim.bo[bufnr].filetype:match('^yaml') and vim.bo[bufnr].buftype == ''
  if not ours or not detect.concerns_server(bufnr) then
    return nil
  end
  local config = M.client_config()
  config.root_dir = detect.root(bufnr)
  return vim.lsp.start(config, { bufnr = bufnr })
end

-- What vim.lsp.enable does, for Neovim 0.10.
function M.start_by_hand()
  require('dhi.omni').setup()
  local group = vim.api.nvim_create_augroup('dhi', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = { 'yaml', 'yaml.dhi' },
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].filetype:match('^yaml') then
      M.attach(bufnr)
    end
  end
end

--- A text for the status line: empty where no server is attached.
---@return string
function M.statusline()
  return require('dhi.status').text(vim.api.nvim_get_current_buf())
end

return M
